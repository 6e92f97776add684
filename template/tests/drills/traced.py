"""A service whose handlers are followed by traces, in a process of its own: `python -m tests.drills.traced`."""

import asyncio
from datetime import timedelta

import httpx
import restate
from restate import Context, TerminalError

import telemetry
from durable import Service, logs, retry_policy
from serve import serve
from settings import ServerSettings

__all__ = ["telemetry"]  # it is there by being imported

traced = Service(
    "Traced",
    inactivity_timeout=timedelta(0),  # so that each wait is followed by a replay
    abort_timeout=timedelta(minutes=1),
    invocation_retry_policy=retry_policy(),
)


async def fetch(url: str) -> int:
    async with httpx.AsyncClient(trust_env=False) as http:
        return (await http.get(url)).status_code


def count() -> int:
    return 1


def refuse() -> None:
    raise TerminalError("not this one", status_code=409)


@traced.handler()
async def relay(ctx: Context, url: str) -> int:
    """Through another handler."""
    return await ctx.service_call(work, url)


@traced.handler()
async def work(ctx: Context, url: str) -> int:
    """Two steps, with a wait between them."""
    status = await ctx.run_typed("fetch", fetch, url=url)
    await ctx.sleep(timedelta(milliseconds=50))
    return status + await ctx.run_typed("count", count)


@traced.handler()
async def fails(ctx: Context) -> None:
    await ctx.run_typed("refuse", refuse)


def main() -> None:
    server = ServerSettings.read()
    logs.configure(server.log_level)
    asyncio.run(serve(restate.app([traced]), server))


if __name__ == "__main__":
    main()
