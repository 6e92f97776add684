"""Operations that nobody awaits."""
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta

import restate
from pydantic import BaseModel
from restate import Context, ObjectContext, RestateDurableFuture, WorkflowContext, WorkflowSharedContext

from points import add_points, grant, later

loyalty = restate.VirtualObject("Loyalty")
campaign = restate.Workflow("Campaign")


class Purchase(BaseModel):
    amount: int


class Points(BaseModel):
    value: int


@loyalty.handler()
async def buy(ctx: ObjectContext, purchase: Purchase) -> Points:
    ctx.run_typed("track", track, amount=purchase.amount)  # BAD: do-I-2
    ctx.sleep(timedelta(seconds=5))  # BAD: do-I-2
    points = ctx.get("points", type_hint=int) or 0  # BAD: do-I-2 ~points
    if ctx.get("vip", type_hint=bool):  # BAD: do-I-2
        points = 2
    now = ctx.time()  # BAD: do-I-2 ~now
    _ = ctx.run_typed("ignored", track, amount=1)  # BAD: do-I-2
    unused = ctx.run_typed("unused", track, amount=2)  # BAD: do-I-2
    restate.gather(ctx.run_typed("g", track, amount=3))  # BAD: do-I-2
    add_points(ctx, 3)  # BAD: do-I-2
    ctx.object_call(redeem, key="x", arg=purchase)  # WARN: do-I-2
    keys = ctx.state_keys()  # BAD: do-I-2 ~keys
    handle = ctx.object_send(redeem, key="y", arg=purchase)
    handle.invocation_id()  # WARN: do-I-2
    [ctx.run_typed(f"t{n}", track, amount=n) for n in range(3)]  # BAD: do-I-2
    started = datetime.fromtimestamp(ctx.time(), UTC)  # BAD: do-I-2
    if purchase.amount > 3:
        ctx.run_typed("nested", track, amount=purchase.amount)  # BAD: do-I-2
    await grant(ctx, 3)
    text = f"{points}"  # BAD: do-I-2 ~points
    text += f"{now}"  # BAD: do-I-2 ~now
    text += f"{keys}"  # BAD: do-I-2 ~keys
    return Points(value=len(f"{text}{started}"))


@loyalty.handler()
async def redeem(ctx: ObjectContext, purchase: Purchase) -> Points:
    ctx.set("points", 0)  # OK: set needs no await
    ctx.clear("vip")  # OK: clear needs no await
    ctx.object_send(redeem, key="z", arg=purchase)  # OK: a send needs no await
    ctx.service_send(track_service, purchase)  # OK: a send needs no await
    ctx.workflow_send(launch, key="c", arg=purchase)  # OK: a send needs no await
    ctx.generic_send("Loyalty", "redeem", b"", key="q")  # OK: a send needs no await
    ctx.resolve_awakeable("id", 1)  # OK: needs no await
    ctx.reject_awakeable("id", "no")  # OK: needs no await
    ctx.cancel_invocation("inv")  # OK: needs no await
    ctx.clear_all()  # OK: needs no await
    future = ctx.run_typed("later", track, amount=1)  # OK: awaited below
    name, promise = ctx.awakeable(type_hint=int)  # OK: raced below
    timer = ctx.sleep(timedelta(seconds=1))  # OK: raced below
    await restate.select(promise=promise, timer=timer)  # MAY: dont-II-2
    value = await future
    if (vip := await ctx.get("vip", type_hint=bool)) is not None:  # OK: awaited in a walrus
        value += int(vip)
    both = [ctx.run_typed("a", track, amount=1), ctx.run_typed("b", track, amount=2)]  # OK: gathered below
    await restate.gather(*both)
    by_name = {n: ctx.run_typed(f"n{n}", track, amount=n) for n in range(3)}  # OK: awaited below
    for n, pending in by_name.items():
        value += await pending
    value += await (ctx.run_typed("c", track, amount=3) if value else ctx.run_typed("d", track, amount=4))  # OK: awaited
    returned = start(ctx)  # OK: returns a future that is awaited below
    value += await returned
    value += (await ctx.run_typed("e", track, amount=5)) + (await ctx.run_typed("f", track, amount=6))  # OK: awaited
    values = [await ctx.run_typed(f"h{n}", track, amount=n) for n in range(3)]  # OK: awaited in a comprehension
    coroutine = add_points(ctx, 4)  # OK: awaited below
    await coroutine
    await later(ctx)
    waiting: list[Awaitable[int]] = []
    waiting.append(ctx.run_typed("i", track, amount=1))  # OK: awaited below
    waiting += [ctx.run_typed("j", track, amount=2)]  # OK: awaited below
    for item in waiting:
        value += await item
    return Points(value=value + sum(values))


def start(ctx: Context) -> RestateDurableFuture[int]:
    return ctx.run_typed("started", track, amount=9)  # OK: returned to be awaited


def track(amount: int) -> int:
    return amount


@campaign.main()
async def launch(ctx: WorkflowContext, purchase: Purchase) -> Points:
    ctx.promise("go").value()  # BAD: do-I-2
    return Points(value=0)


@campaign.handler()
async def go(ctx: WorkflowSharedContext, purchase: Purchase) -> None:
    ctx.promise("go").resolve(True)  # WARN: do-I-2


tracking = restate.Service("Tracking")


@tracking.handler("track")
async def track_service(ctx: Context, purchase: Purchase) -> None:
    call = ctx.service_call(track_service, purchase)
    call.cancel_invocation()  # BAD: do-I-2
    await call
