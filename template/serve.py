"""Runs the service: `python -m serve`. HTTP/2, JSON logs, and a SIGTERM that works.

The SDK takes the signal handler of the ASGI server away with the first request, so both share the SDK's dispatcher
here (`install_shutdown_hook`); and the server's own graceful shutdown has no bound, so the drain has one.
"""

import asyncio
import logging
import os
import signal
import sys
from typing import Any

import hypercorn.asyncio
from hypercorn.config import Config
from restate.server import install_shutdown_hook

import resources
import settings
from durable import logs

log = logging.getLogger("serve")

UNLIMITED = 2**31 - 1


class Drain:
    """ASGI middleware that counts running requests, and once draining sends new invocations to another process."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.running = 0
        self.stopping = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":  # Restate's app has none; resources are opened around the server instead
            for phase in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{phase}.complete"})
            return
        if self.stopping.is_set() and "/invoke/" in scope.get("path", ""):
            await send({"type": "http.response.start", "status": 503, "headers": []})
            await send({"type": "http.response.body", "body": b"draining"})
            return
        self.running += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.running -= 1

    async def drained(self, within: float) -> None:
        """Returns when told to stop and nothing runs any more, at most `within` seconds later."""
        await self.stopping.wait()
        log.info("stopping, %d attempts still run", self.running)
        deadline = asyncio.get_running_loop().time() + within
        while self.running and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.02)
        if self.running:
            log.warning("%d attempts cut off after %g s, Restate retries them", self.running, within)


def hypercorn_config(server: settings.ServerSettings) -> Config:
    """HTTP/2 without the limits that break long-lived connections: by default a connection ends after 1,000 requests."""
    config = Config()
    config.bind = [f"{server.host}:{server.port}"]
    config.h2_max_concurrent_streams = UNLIMITED
    config.keep_alive_max_requests = UNLIMITED
    config.keep_alive_timeout = 3600
    config.graceful_timeout = 0.2
    config.errorlog = logging.getLogger("hypercorn.error")
    return config


async def serve(app: Any, server: settings.ServerSettings) -> None:
    """Serves until SIGTERM or SIGINT, then for at most `DRAIN_SECONDS` more."""
    drain = Drain(app)
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        install_shutdown_hook(loop, drain.stopping.set, signum)
    limit = server.drain.total_seconds()

    async def shutdown_trigger() -> None:
        await drain.drained(limit)

    async with resources.opened():
        log.info("listening on %s:%d", server.host, server.port)
        config = hypercorn_config(server)
        serving = asyncio.create_task(hypercorn.asyncio.serve(drain, config, shutdown_trigger=shutdown_trigger))
        stopping = asyncio.create_task(drain.stopping.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        # idle connections of the Restate server would keep hypercorn waiting for them
        await asyncio.wait({serving}, timeout=limit + 0.5)
        if serving.done():
            return serving.result()
    # hypercorn still waits for idle connections, and a step may hold a thread: neither may hold the process
    logging.shutdown()
    os._exit(0)


def main() -> int:
    """Exit code 0 after a signal, 2 when settings or components are wrong."""
    try:
        from app import app  # imports every component, which may fail

        server = settings.ServerSettings.read()
    except settings.StartupError as error:
        print(f"cannot start:\n{error}", file=sys.stderr)
        return 2
    logs.configure(server.log_level)
    asyncio.run(serve(app, server))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
