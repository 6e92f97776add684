"""The context used inside a step, in every disguise."""
import asyncio
import functools
from datetime import timedelta

import restate
from pydantic import BaseModel
from restate import Context as Ctx
from restate import ObjectContext, RunOptions
from restate.extensions import current_context

from actions import Mailer, archive, remind, touch

nested = restate.VirtualObject("Nested")


class Doc(BaseModel):
    id: str
    body: str


class Done(BaseModel):
    ref: str


async def notify(ctx: Ctx, doc: Doc) -> str:
    await ctx.sleep(timedelta(seconds=1))  # BAD: dont-I-3
    return doc.id


async def ambient(doc: Doc) -> str:
    ctx = current_context()  # MAY: dont-I-3
    ctx.set("seen", doc.id)  # BAD: dont-I-3
    return doc.id


@nested.handler()
async def direct(ctx: ObjectContext, doc: Doc) -> Done:
    await ctx.run_typed("a", lambda: ctx.set("x", doc.id))  # BAD: dont-I-3
    await ctx.run_typed("b", notify, RunOptions(), ctx, doc)  # BAD: dont-I-3
    await ctx.run_typed("c", functools.partial(archive, ctx, doc.id))  # BAD: dont-I-3
    await ctx.run_typed("d", ambient, doc=doc)
    await ctx.run_typed("e", touch, context=ctx)  # BAD: dont-I-3

    async def action() -> str:
        value = await ctx.get("name", type_hint=str)  # BAD: dont-I-3
        return value or ""

    await ctx.run_typed("f", action)

    async def deep() -> str:
        return await deeper()

    async def deeper() -> str:
        await ctx.run_typed("inner", lambda: 1)  # BAD: dont-I-3
        return str(ctx.uuid())  # BAD: dont-I-3

    await ctx.run_typed("g", deep)
    mailer = Mailer(ctx)
    await ctx.run_typed("h", mailer.send, doc_id=doc.id)
    await ctx.run_typed("i", functools.partial(remind, context=ctx))  # BAD: dont-I-3
    await ctx.run_typed("j", lambda c=ctx: c.clear("x"))  # BAD: dont-I-3
    c2 = ctx
    await ctx.run_typed("k", lambda: c2.clear_all())  # BAD: dont-I-3
    run = ctx.run_typed

    async def renamed() -> int:
        return await run("nested again", lambda: 1)  # BAD: dont-I-3

    await ctx.run_typed("l", renamed)
    step = {"send": lambda: ctx.object_send(direct, ctx.key(), doc)}  # BAD: dont-I-3
    await ctx.run_typed("m", step["send"])
    return Done(ref=doc.id)


@nested.handler()
async def fine(ctx: ObjectContext, doc: Doc) -> Done:
    key = ctx.key()
    ref = await ctx.run_typed("a", lambda: f"{key}/{doc.id}")  # OK: only a captured value
    await ctx.run_typed("b", lambda: f"{ctx.key()}/{ref}")  # OK: key() touches no journal
    await ctx.run_typed("c", archive_plain, RunOptions(), str(ctx.uuid()), doc.id)  # OK: evaluated before the step starts
    await ctx.run_typed("d", functools.partial(archive_plain, str(ctx.uuid()), ctx.key()))  # OK: evaluated before the step
    now = await ctx.time()
    await ctx.run_typed("e", archive_plain, key=ctx.request().id, ref=str(now))  # OK: evaluated before the step

    async def gather_pages() -> str:
        pages = await asyncio.gather(page(1), page(2))  # OK: asyncio inside a step
        return "".join(pages)

    await ctx.run_typed("f", gather_pages)

    async def timed() -> str:
        return await asyncio.wait_for(page(3), timeout=5)  # OK: asyncio inside a step

    await ctx.run_typed("g", timed)
    send = functools.partial(ctx.object_send, fine, "other", doc)  # OK: a context method outside steps
    send()
    rows = [ctx.run_typed(f"row {n}", lambda n=n: n * 2) for n in range(3)]  # OK: futures in a list
    await restate.gather(*rows)
    return Done(ref=f"{await rows[0]}")


async def page(number: int) -> str:
    await asyncio.sleep(0)  # OK: only reached from steps
    return str(number)


def archive_plain(key: str, ref: str) -> str:
    return f"{key}:{ref}"
