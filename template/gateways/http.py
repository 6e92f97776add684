"""What the HTTP gateways share."""

from datetime import timedelta

import httpx

CALL_TIMEOUT = httpx.Timeout(10.0)


class Busy(Exception):
    """The other side answered 429 or 503; `retry_after` is what its `Retry-After` header asks for, if it has one."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(f"{response.request.url.host} is busy ({response.status_code})")
        seconds = response.headers.get("retry-after", "")
        self.retry_after = timedelta(seconds=int(seconds)) if seconds.isdecimal() else None


def raise_if_busy(response: httpx.Response) -> None:
    """Raises:
    Busy: for 429 and 503.
    """
    if response.status_code in (429, 503):
        raise Busy(response)
