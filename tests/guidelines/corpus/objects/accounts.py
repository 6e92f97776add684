"""Virtual objects: who may write, who waits for whom."""
from __future__ import annotations

from datetime import timedelta

import restate
from pydantic import BaseModel
from restate import Context, ObjectContext, ObjectSharedContext, VirtualObject

import limits
from limits import check_limit
from store import AccountStore, forget, remember

accounts = VirtualObject("Accounts")


class Amount(BaseModel):
    value: int


class Balance(BaseModel):
    value: int


async def load(ctx: ObjectContext | ObjectSharedContext) -> int:
    return await ctx.get("balance", type_hint=int) or 0  # OK: a read


@accounts.handler()
async def deposit(ctx: ObjectContext, amount: Amount) -> Balance:
    balance = await load(ctx) + amount.value
    ctx.set("balance", balance)  # OK: exclusive
    return Balance(value=balance)


@accounts.handler(kind="shared")
async def balance(ctx: ObjectSharedContext) -> Balance:
    return Balance(value=await load(ctx))


@accounts.handler(kind="shared")
async def peek(ctx: ObjectSharedContext) -> Balance:
    ctx.set("seen", True)  # BAD: do-IV-4
    remember(ctx, "peeked")
    return Balance(value=await load(ctx))


@accounts.handler("reset", kind="shared")
async def reset_account(ctx: ObjectContext) -> None:
    ctx.clear_all()  # BAD: do-IV-4


@accounts.handler(kind="shared")
async def snapshot(ctx: ObjectSharedContext) -> Balance:
    store = AccountStore(ctx)
    await store.bump()
    await ctx.run_typed("x", str)  # OK: steps are allowed in shared handlers
    ctx.object_send(deposit, key=ctx.key(), arg=Amount(value=1))  # OK: a send
    return await ctx.object_call(deposit, key=ctx.key(), arg=Amount(value=1))  # OK: shared calling exclusive does not deadlock


@accounts.handler()
async def transfer(ctx: ObjectContext, amount: Amount) -> Balance:
    await ctx.object_call(deposit, key=ctx.key(), arg=amount)  # BAD: dont-II-1
    await ctx.object_call(deposit, ctx.key(), amount)  # BAD: dont-II-1
    own = ctx.key()
    await ctx.object_call(deposit, key=own, arg=amount)  # BAD: dont-II-1
    await ctx.object_call(tpe=deposit, key=ctx.key(), arg=amount)  # BAD: dont-II-1
    await ctx.generic_call("Accounts", "deposit", b"{}", key=ctx.key())  # BAD: dont-II-1
    await _again(ctx, amount)
    pending = ctx.object_call(deposit, key=ctx.key(), arg=amount)  # BAD: dont-II-1
    await restate.gather(pending)
    call = ctx.object_call
    await call(deposit, key=ctx.key(), arg=amount)  # BAD: dont-II-1
    await ctx.object_call(peek, key=ctx.key(), arg=None)  # OK: the target is shared
    ctx.object_send(deposit, key=ctx.key(), arg=amount)  # OK: one-way
    ctx.object_send(deposit, key=ctx.key(), arg=amount, send_delay=timedelta(hours=1))  # OK: one-way
    await ctx.object_call(limits.check, key=ctx.key(), arg=amount)  # OK: another object
    await check_limit(ctx, amount)
    return Balance(value=await load(ctx))


async def _again(context: ObjectContext, amount: Amount) -> None:
    await context.object_call(withdraw, key=context.key(), arg=amount)  # BAD: dont-II-1


@accounts.handler()
async def withdraw(ctx: ObjectContext, amount: Amount) -> Balance:
    await ctx.sleep(timedelta(minutes=5))  # WARN: dont-II-2
    name, answer = ctx.awakeable(type_hint=bool)
    await ctx.run_typed("ask", str, restate.RunOptions(), name)
    approved = await answer  # WARN: dont-II-2, do-V-8
    await cool_down(ctx)
    await forget(ctx)
    reminder = ctx.sleep(timedelta(hours=1))
    second, confirm = ctx.awakeable(type_hint=bool)
    match await restate.select(confirm=confirm, reminder=reminder):  # WARN: dont-II-2
        case ["confirm", True]:
            pass
        case _:
            return Balance(value=0)
    return Balance(value=int(approved) + len(second))


async def cool_down(ctx: ObjectContext) -> None:
    await ctx.sleep(timedelta(seconds=30))  # WARN: dont-II-2


@accounts.handler(kind="shared")
async def wait(ctx: ObjectSharedContext) -> None:
    await ctx.sleep(timedelta(days=1))  # OK: shared handlers block nobody


@accounts.handler()
async def direct(ctx: ObjectContext, amount: Amount) -> Balance:
    await deposit(ctx, amount)  # MAY: do-I-1
    return await AccountStore(ctx).total()
