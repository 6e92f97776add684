import asyncio
import threading
from collections.abc import Awaitable
from typing import Any

from restate import Context


async def join(futures: list[Awaitable[Any]]) -> list[Any]:
    return await asyncio.gather(*futures)  # BAD: dont-I-2


async def enrich(ctx: Context, ids: list[str]) -> None:
    loop = asyncio.get_event_loop()
    await loop.run_in_executor(None, lambda: ctx.set("x", 1))  # BAD: dont-I-2
    await asyncio.to_thread(write, ctx)  # BAD: dont-I-2


def write(ctx: Context) -> None:
    ctx.service_send(None, None)  # MAY: do-I-2


def in_thread(ctx: Context) -> None:
    threading.Thread(target=write, args=(ctx,)).start()  # BAD: dont-I-2
    threading.Timer(5, write, [ctx]).start()  # BAD: dont-I-2
