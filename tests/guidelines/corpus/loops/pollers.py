"""Loops that never end, and loops that do."""
import itertools
from datetime import timedelta

import restate
from pydantic import BaseModel
from restate import Context, ObjectContext, TerminalError

pollers = restate.Service("Pollers")
ticker = restate.VirtualObject("Ticker")


class Watch(BaseModel):
    url: str
    limit: int = 10


class Seen(BaseModel):
    count: int


@pollers.handler()
async def forever(ctx: Context, watch: Watch) -> None:
    while True:  # BAD: do-I-5
        await ctx.run_typed("poll", poll, url=watch.url)
        await ctx.sleep(timedelta(minutes=1))


@pollers.handler()
async def counting(ctx: Context, watch: Watch) -> None:
    for n in itertools.count():  # BAD: do-I-5
        await ctx.run_typed(f"poll {n}", poll, url=watch.url)


@pollers.handler()
async def one(ctx: Context, watch: Watch) -> None:
    while 1:  # BAD: do-I-5
        await _tick(ctx, watch)


async def _tick(ctx: Context, watch: Watch) -> None:
    await ctx.run_typed("poll", poll, url=watch.url)
    await ctx.sleep(timedelta(minutes=1))


@pollers.handler()
async def bounded(ctx: Context, watch: Watch) -> Seen:
    count = 0
    for n in range(watch.limit):  # OK: bounded
        if await ctx.run_typed(f"poll {n}", poll, url=watch.url):
            count += 1
            break
        await ctx.sleep(timedelta(seconds=5))
    queue = [watch.url]
    while queue:  # OK: bounded by its input
        url = queue.pop()
        await ctx.run_typed("drain", poll, url=url)
    attempts = 0
    while True:  # OK: counts its attempts
        attempts += 1
        if attempts > 5:
            break
        await ctx.run_typed(f"again {attempts}", poll, url=watch.url)
    while True:  # OK: no context operation
        count += 1
        if count > 100:
            return Seen(count=count)


@ticker.handler()
async def tick(ctx: ObjectContext, watch: Watch) -> None:
    await ctx.run_typed("poll", poll, url=watch.url)
    ctx.object_send(tick, key=ctx.key(), arg=watch, send_delay=timedelta(minutes=1))  # OK: the next one is a delayed message


def poll(url: str) -> bool:
    while True:  # OK: inside a step
        return bool(url)
