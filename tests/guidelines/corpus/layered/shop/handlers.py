from __future__ import annotations

import asyncio
import functools
import os
import time
import types
from datetime import timedelta

import aiofiles
import anyio
import requests
import restate
import tenacity
from pydantic import BaseModel
from restate import ObjectContext, ObjectSharedContext, RunOptions, TerminalError

from shop.service import checkout
from shop.types import Ctx, Deps, MaybeCtx, Tagged

carts = restate.VirtualObject("Carts")
handler = carts.handler


class Item(BaseModel):
    sku: str
    tags: list[str] = []


class Seen(BaseModel):
    text: str


def make_step(url: str):
    def step() -> str:
        return requests.get(url).text  # OK: the inner function is the step

    return step


def a(sku: str) -> str:
    return f"{time.time()}"  # OK: only in steps


def b(sku: str) -> str:
    return f"{os.getpid()}"  # OK: only in steps


ACTIONS = {"a": a, "b": b}
STEPS = [("a", a), ("b", b)]


@handler()
async def place(ctx, item: Item) -> Seen:  # MAY: do-IV-6
    text = await checkout.place(ctx, item.sku)
    text += str(time.time())  # BAD: do-VI-2
    await helper(**{"ctx": ctx, "item": item})
    return Seen(text=text)


async def helper(ctx, item: Item) -> None:
    ctx.run_typed("forgotten", a, RunOptions(), item.sku)  # BAD: do-I-2
    async with aiofiles.open("/tmp/x") as file:  # BAD: do-I-3
        await file.read()  # MAY: do-I-3


@carts.handler()
async def steps(ctx: Ctx, item: Item, /) -> Seen:
    first = await ctx.run_typed("made", make_step(item.sku))  # OK: made by a factory
    second = await ctx.run_typed("either", a if item.tags else b, RunOptions(), item.sku)  # OK: one of two steps
    third = await ctx.run_typed("table", ACTIONS["a"], RunOptions(), item.sku)  # OK: from a table
    for name, action in ACTIONS.items():  # OK: a dict keeps its order
        await ctx.run_typed(name, action, RunOptions(), item.sku)  # OK: from a table
    fourth = [await ctx.run_typed(name, action, RunOptions(), item.sku) for name, action in STEPS]  # OK: a list
    await anyio.sleep(1)  # BAD: do-I-3
    fifth = await anyio.to_thread.run_sync(len, item.sku)  # BAD: do-I-3|dont-I-2
    deps = Deps(ctx, "x")
    await with_deps(deps)
    bag = types.SimpleNamespace(context=ctx)
    await bag.context.run_typed("bag", lambda: bag.context.clear("x"))  # BAD: dont-I-3
    await optional(ctx)
    await tagged(ctx)
    await retried(ctx, item)
    return Seen(text=f"{first}{second}{third}{fourth}{fifth}")


async def with_deps(deps: Deps) -> None:
    for tag in {"a", deps.user}:  # BAD: dont-I-5
        deps.ctx.set(tag, True)
    try:
        await deps.ctx.run_typed("x", a, RunOptions(), deps.user)
    except Exception as error:  # OK: re-raised
        print_error(error)
        raise error
    try:
        await deps.ctx.run_typed("y", a, RunOptions(), deps.user)
    except (TerminalError, Exception):  # BAD: dont-I-1
        pass
    try:
        try:
            await deps.ctx.run_typed("z", a, RunOptions(), deps.user)
        except KeyError:  # OK: narrow
            pass
    except Exception:  # BAD: dont-I-1
        pass


def print_error(error: Exception) -> str:
    return repr(error)


async def optional(ctx: MaybeCtx = None) -> None:
    if ctx is not None:
        await asyncio.gather(ctx.run_typed("o", b, RunOptions(), "o"))  # BAD: dont-I-2


async def tagged(ctx: Tagged) -> int:
    try:
        await ctx.run_typed("t", b, RunOptions(), "t")
    finally:
        return 1  # BAD: dont-I-1


@tenacity.retry(stop=tenacity.stop_after_attempt(3))  # WARN: dont-I-1
async def retried(ctx: Ctx, item: Item) -> None:
    await ctx.run_typed("r", b, RunOptions(), item.sku)


@carts.handler(kind="shared")
async def peek(ctx: ObjectSharedContext, item: Item) -> Seen:
    getattr(ctx, "set")("peeked", True)  # BAD: do-IV-4
    box = {"ctx": ctx}
    box["ctx"].clear("x")  # BAD: do-IV-4
    return Seen(text="x")


@carts.handler()
async def unordered(ctx: ObjectContext, item: Item) -> Seen:
    tags = set(item.tags)
    futures = await restate.gather(*(ctx.run_typed(tag, a, RunOptions(), tag) for tag in tags))  # BAD: dont-I-5
    for tag in dict.fromkeys(tags):  # BAD: dont-I-5
        ctx.set(tag, 1)
    for tag in tags & {"a", "b"}:  # BAD: dont-I-5
        ctx.set(tag, 2)
    for tag in tags.union({"c"}):  # BAD: dont-I-5
        ctx.set(tag, 3)
    for entry in os.scandir("/tmp"):  # BAD: dont-I-5|do-I-3
        ctx.set(entry.name, 4)
    for tag in sorted(tags.difference({"a"})):  # OK: sorted
        ctx.set(tag, 5)
    for n in range(len(tags)):  # OK: a number
        ctx.set(str(n), 6)
    if tags >= {"a"} and tags.isdisjoint({"z"}):  # OK: no order involved
        ctx.set("all", True)
    call = functools.partial(ctx.object_call, unordered, key=ctx.key())
    await call(arg=item)  # BAD: dont-II-1
    return Seen(text=str(len(futures)))
