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

LINGER_SECONDS = 0.1
"""For the last replies to leave before their connections are closed."""


class Drain:
    """ASGI middleware that counts running requests, and once draining sends new invocations to another process."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.running = 0
        self.idle = asyncio.Event()
        self.idle.set()
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
        self.idle.clear()
        try:
            await self.app(scope, receive, send)
        finally:
            self.running -= 1
            if not self.running:
                self.idle.set()

    async def drained(self, within: float) -> None:
        """Returns when told to stop and nothing runs any more, at most `within` seconds later."""
        await self.stopping.wait()
        log.info("stopping, %d attempts still run", self.running)
        try:
            async with asyncio.timeout(within):
                await self.idle.wait()
        except TimeoutError:
            log.warning("%d attempts cut off after %g s, Restate retries them", self.running, within)
        await asyncio.sleep(LINGER_SECONDS)


def hypercorn_config(server: settings.ServerSettings) -> Config:
    """HTTP/2 without the limits that break long-lived connections: by default one ends after 1,000 requests."""
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
    limit = server.drain.total_seconds()

    def stop() -> None:
        drain.stopping.set()
        # hypercorn breaks on what still arrives on a connection that it closes; nothing to alarm anybody about
        loop.set_exception_handler(lambda _, context: log.debug("while stopping: %s", context["message"]))

    for signum in (signal.SIGTERM, signal.SIGINT):
        install_shutdown_hook(loop, stop, signum)

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
        if not drain.stopping.is_set():
            return serving.result()  # it ended by itself: a port that is taken, for example
    # hypercorn may still wait for idle connections, and a step for a thread: neither may hold the process
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
