"""Objects named ctx, methods named run/get/set/sleep: not Restate's."""
import asyncio
import contextlib
import hashlib
import ssl
import time
import zoneinfo
from collections import deque
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Any

import restate
from pydantic import BaseModel, Field
from restate import Context, ObjectContext

from infra import BatchQueue, Cache, Clock, Registry

lookalikes = restate.Service("Lookalikes")
tenant: ContextVar[str] = ContextVar("tenant", default="main")


class Query(BaseModel):
    name: str = Field(min_length=1)
    tags: list[str] = []
    created: datetime = datetime(2024, 1, 1, tzinfo=UTC)  # OK: a fixed date


class Answer(BaseModel):
    text: str


cache = Cache()
registry = Registry()


@lookalikes.handler()
async def search(ctx: Context, query: Query) -> Answer:
    cache.set("last", query.name)  # OK: not the context's set
    found = cache.get(query.name)  # OK: not the context's get
    registry.run("x", lambda: ctx.key() if isinstance(ctx, ObjectContext) else None)  # OK: not the context's run
    options: dict[str, str] = {"a": "b"}
    options.get("a")  # OK: dict.get
    BatchQueue().sleep(timedelta(seconds=1))  # OK: not the context's sleep
    values = {tag.lower() for tag in query.tags}
    if query.name in values:  # OK: membership
        found = "hit"
    total = sum(len(tag) for tag in values)  # OK: order does not matter, no context operation
    for tag in values:  # OK: no context operation inside
        total += len(tag)
    digest = hashlib.sha256(query.name.encode()).hexdigest()  # OK: pure
    zone = zoneinfo.ZoneInfo("Europe/Zurich")  # OK: time zone data
    when = datetime.fromisoformat("2024-01-01").astimezone(zone)  # OK: pure
    stamp = time.strftime("%Y", time.gmtime(0))  # OK: of a fixed time
    limit = datetime.max  # OK: constant
    span = datetime.strptime("2024", "%Y") - datetime(2023, 1, 1)  # OK: pure
    queue: deque[str] = deque(sorted(values))
    while queue:  # OK: bounded loop
        tag = queue.popleft()
        await ctx.run_typed(f"index {tag}", len, restate.RunOptions(), tag)  # OK: pure step
    try:
        number = int(query.name)
    except Exception:  # OK: no context operation in the try
        number = 0
    with contextlib.suppress(ValueError):  # OK: no context operation inside
        number = int(query.name[1:])
    token = tenant.set("other")  # OK: contextvars, not the context
    tenant.reset(token)
    tenant.get()  # OK: contextvars
    clock = Clock(await ctx.time())
    now = clock.now()  # OK: own class with a journaled start
    return Answer(text=f"{found}{total}{digest}{when}{stamp}{limit}{span}{number}{now}{options.get('a')}")


def tls() -> ssl.SSLContext:
    ctx = ssl.create_default_context()
    ctx.set_ciphers("HIGH")  # OK: ssl context
    return ctx


async def starlette_endpoint(request: Any) -> Any:
    ctx = request.state.ctx
    await asyncio.sleep(1)  # OK: web endpoint, not a handler
    ctx.run_typed("x", lambda: ctx.sleep(1))  # OK: not a Restate context
    return {"now": time.time()}  # OK: web endpoint


class Worker:
    """A plain asyncio worker in the same file."""

    async def run(self, ctx: "JobContext") -> None:
        async with asyncio.TaskGroup() as group:  # OK: not durable code
            for job in set(ctx.jobs):  # OK: not durable code
                group.create_task(ctx.run(job))  # OK: not a Restate context
        try:
            await ctx.run("done")
        except Exception:  # OK: not durable code
            pass
        await asyncio.gather(*(ctx.run(job) for job in ctx.jobs))  # OK: not a Restate context


class JobContext:
    jobs: list[str] = []

    async def run(self, name: str) -> None:
        print("running", name)  # OK: not durable code
        await asyncio.sleep(1)  # OK: not durable code
