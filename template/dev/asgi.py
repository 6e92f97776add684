"""Serves the small ASGI apps of this package."""

import asyncio
import logging
from typing import Any

import hypercorn.asyncio
from hypercorn.config import Config


def serve(app: Any, host: str, port: int) -> None:
    """Serves until SIGTERM or SIGINT, over HTTP/1.1 and HTTP/2."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    config = Config()
    config.bind = [f"{host}:{port}"]
    config.graceful_timeout = 0.2
    config.keep_alive_max_requests = 2**31 - 1
    asyncio.run(hypercorn.asyncio.serve(app, config))
