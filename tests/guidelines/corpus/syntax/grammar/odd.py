"""Every corner of the grammar."""
from __future__ import annotations

import contextlib
import enum
import random as rnd
import time as clock
import uuid as ids
from collections.abc import AsyncIterator, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, lru_cache, partialmethod
from os import environ as env, path
from typing import TYPE_CHECKING, Protocol, Union

import restate
from pydantic import BaseModel

try:
    from uuid import uuid7 as make_id
except ImportError:
    from uuid import uuid4 as make_id

if TYPE_CHECKING:
    from restate import ObjectContext, ObjectSharedContext

from .mixins import Clocked, Quiet, Stamped, walk

odd = restate.VirtualObject("Odd")
current: ContextVar[restate.ObjectContext] = ContextVar("current")
AnyContext = Union["ObjectContext", "ObjectSharedContext"]


class Kind(enum.Enum):
    A = "a"
    B = "b"


class Req(BaseModel):
    kind: Kind
    text: str


class Res(BaseModel):
    text: str


@odd.handler()
async def matching(ctx: ObjectContext, req: Req) -> Res:
    match req.kind:
        case Kind.A if (token := make_id()):  # BAD: do-VI-1
            return Res(text=str(token))
        case Kind.B:
            return Res(text=f"{clock.time():.0f}")  # BAD: do-VI-2
        case _:
            return Res(text="none")


@odd.handler()
async def walrus(ctx: ObjectContext, req: Req) -> Res:
    if (now := clock.time()) > 3:  # BAD: do-VI-2
        return Res(text=str(now))
    if (later := await ctx.time()) > 3:  # OK: journaled clock
        return Res(text=str(later))
    values = [rnd.random() for _ in range(3)]  # BAD: do-VI-1
    pairs = {key: ids.uuid4() for key in "ab"}  # BAD: do-VI-1
    first = next(ids.uuid4() for _ in range(1))  # BAD: do-VI-1
    region = env["REGION"] if req.text else env.get("OTHER")  # BAD: do-I-3
    default = (lambda: clock.monotonic())()  # BAD: do-VI-2
    home = path.exists("/etc/hosts")  # BAD: do-I-3
    tail = path.basename("/etc/hosts")  # OK: pure
    return Res(text=f"{values}{pairs}{first}{region}{default}{home}{tail}")


@odd.handler()
async def generators(ctx: ObjectContext, req: Req) -> Res:
    texts = []
    async for text in pages(ctx, req):
        texts.append(text)
    for stamp in stamps():
        texts.append(stamp)
    async with timing(ctx) as started:
        texts.append(started)
    with section("x") as name:
        texts.append(name)
    await walk(ctx, 3)
    return Res(text="".join(texts))


async def pages(ctx: ObjectContext, req: Req) -> AsyncIterator[str]:
    for n in range(3):
        page = await ctx.run_typed(f"page {n}", str, restate.RunOptions(), n)
        yield f"{page}{rnd.getrandbits(8)}"  # BAD: do-VI-1


def stamps() -> Iterator[str]:
    yield clock.ctime()  # BAD: do-VI-2


@contextlib.asynccontextmanager
async def timing(ctx: ObjectContext) -> AsyncIterator[str]:
    started = clock.perf_counter_ns()  # BAD: do-VI-2
    yield str(started)


@contextlib.contextmanager
def section(name: str) -> Iterator[str]:
    yield name.upper()  # OK: pure


class Base:
    def __init__(self, ctx: ObjectContext) -> None:
        self.ctx = ctx

    async def run(self) -> str:
        return await self.prepare() + await self.work()

    async def prepare(self) -> str:
        return ids.uuid4().hex  # OK: overridden in every class that handlers make

    async def work(self) -> str:
        raise NotImplementedError


class Child(Base, Stamped):
    async def prepare(self) -> str:
        return self.stamp()

    async def work(self) -> str:
        return await self.nested() + self.started

    async def nested(self) -> str:
        return await self.ctx.run_typed("nested", ids.uuid4().hex.upper)  # BAD: do-VI-1

    @cached_property
    def started(self) -> str:
        return str(clock.time())  # BAD: do-VI-2

    @property
    def calm(self) -> str:
        return "calm"  # OK: pure

    def never(self) -> str:
        return str(clock.time())  # OK: never called


class GrandChild(Child):
    async def work(self) -> str:
        return await super().work() + Clocked().tick() + Quiet().tick()


@odd.handler()
async def inheriting(ctx: ObjectContext, req: Req) -> Res:
    return Res(text=await GrandChild(ctx).run())


@odd.handler()
async def through_contextvar(ctx: ObjectContext, req: Req) -> Res:
    current.set(ctx)
    await deep_in_the_stack()
    await ctx.run_typed("step", sneaky)
    return Res(text="done")


async def deep_in_the_stack() -> None:
    ctx = current.get()
    await ctx.sleep(timedelta(seconds=1))  # MAY: dont-II-2
    ctx.set("at", clock.time())  # BAD: do-VI-2


async def sneaky() -> None:
    current.get().set("x", 1)  # BAD: dont-I-3


@dataclass
class Session:
    ctx: ObjectContext
    seed: int = 0

    def roll(self) -> int:
        return rnd.Random(self.seed).randint(1, 6)  # OK: seeded

    def cheat(self) -> int:
        return rnd.randint(6, 6)  # BAD: do-VI-1

    roll_twice = partialmethod(roll)


@odd.handler()
async def recursing(ctx: ObjectContext, req: Req) -> Res:
    seed = await ctx.run_typed("seed", rnd.getrandbits, restate.RunOptions(), 32)  # OK: in a step
    session = Session(ctx=ctx, seed=seed)
    dice = rnd.Random(seed)  # OK: a journaled seed
    dice.shuffle([1, 2, 3])  # OK: from the seeded generator
    total = session.roll() + session.cheat() + factorial(3)
    return Res(text=f"{total}{await descend(ctx, 3)}{config()}")


def factorial(n: int) -> int:
    return 1 if n < 2 else n * factorial(n - 1)  # OK: pure recursion


async def descend(ctx: AnyContext, depth: int) -> str:
    if not depth:
        return str(clock.time())  # BAD: do-VI-2
    return await descend(ctx, depth - 1)


@lru_cache
def config() -> str:
    return env.get("CONFIG", "")  # BAD: do-I-3


class HasContext(Protocol):
    ctx: ObjectContext


async def protocol(holder: HasContext) -> None:
    holder.ctx.set("x", 1)  # OK: in exclusive handlers


@odd.handler(kind="shared")
async def shared_union(ctx: ObjectSharedContext, req: Req) -> Res:
    await both(ctx)
    return Res(text="x")


async def both(ctx: ObjectContext | ObjectSharedContext) -> None:
    if isinstance(ctx, restate.ObjectContext):
        return
    await ctx.get("x", type_hint=int)  # OK: a read
