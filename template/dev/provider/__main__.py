"""`python -m dev.provider --port 9090 --ledger ledger.db`: runs the sandbox until SIGTERM."""

import argparse
from pathlib import Path

from dev.asgi import serve
from dev.provider.app import create_app
from dev.provider.ledger import connect


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m dev.provider", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9090)
    parser.add_argument("--ledger", type=Path, required=True, help="SQLite database; made if it is not there")
    parser.add_argument("--webhook-secret", default="whsec_development", help="key of the callbacks' signatures")
    options = parser.parse_args()
    serve(create_app(connect(options.ledger), options.webhook_secret), options.host, options.port)


if __name__ == "__main__":
    main()
