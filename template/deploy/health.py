"""Asks the service in the same container whether it is well: for `HEALTHCHECK`, since the image has no curl."""

import http.client
import os
import sys

TIMEOUT_SECONDS = 2


def main() -> int:
    """Exit code 0 if `/health` answers 200 on $PORT, 1 with the reason if it does not."""
    port = int(os.environ.get("PORT", "9080"))
    service = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        service.request("GET", "/health")
        status = service.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        print(f"nothing answers on port {port}: {error}", file=sys.stderr)
        return 1
    finally:
        service.close()
    if status != http.HTTPStatus.OK:
        print(f"/health answers {status}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
