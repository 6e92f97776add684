"""More sagas, more ways to lose an error."""
import contextlib
from collections import deque
from datetime import timedelta
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import restate
from fastapi import HTTPException
from pydantic import BaseModel
from restate import Context, ObjectContext, TerminalError, WorkflowContext, WorkflowSharedContext
from restate.exceptions import RetryableError

from errors import Declined, NotFound, OutOfStock
from undo import Undo, ship, unship

orders = restate.Workflow("Orders")
service = restate.Service("OrderService")


class Order(BaseModel):
    id: str
    amount: int


class Result(BaseModel):
    ok: bool


def charge(key: str) -> str:
    return httpx.post("https://bank.example", headers={"Idempotency-Key": key}).text  # OK: only in steps


def refund(key: str) -> str:
    return httpx.delete(f"https://bank.example/{key}").text  # OK: only in steps


@orders.main()
async def run(ctx: WorkflowContext, order: Order) -> Result:
    undo: deque[Callable[[], Awaitable[Any]]] = deque()
    saga = Undo(ctx)
    key = str(ctx.uuid())
    try:
        await ctx.run_typed("charge", charge, key=key)
        undo.appendleft(lambda: ctx.run_typed("refund", refund, key=key))  # BAD: do-V-4
        await ctx.service_call(pay, order)
        saga.on_failure("refund", refund, key)  # BAD: do-V-4
        await ship(ctx, order.id)
        undo.append(lambda: unship(ctx, order.id))  # BAD: do-V-4
        reservation = await ctx.run_typed("reserve", charge, key=key)
        undo.append(lambda: ctx.run_typed("release", refund, key=reservation))  # WARN: do-V-4
    except TerminalError:
        failures = []
        for compensation in undo:
            try:
                await compensation()
            except TerminalError as error:  # OK: the others must run; raised at the end
                failures.append(error.message)
        await saga.run()
        raise
    return Result(ok=True)


first = restate.Workflow("FirstRegister")


@first.main()
async def first_run(ctx: WorkflowContext, order: Order) -> Result:
    saga = Undo(ctx)
    key = str(ctx.uuid())
    try:
        saga.on_failure("refund", refund, key)  # OK: registered first
        await ctx.run_typed("charge", charge, key=key)
        saga.on_failure("unship", refund, order.id)  # OK: registered first
        await ship(ctx, order.id)
    except TerminalError:
        await saga.run()
        raise
    shipped = [order.id]
    shipped.append(key)  # OK: a list of strings
    return Result(ok=bool(shipped))


@service.handler()
async def pay(ctx: Context, order: Order) -> Result:
    try:
        await ctx.run_typed("charge", charge, key=order.id)
    except TerminalError as error:
        raise NotFound(order.id)  # BAD: do-V-1
    try:
        await ctx.run_typed("charge", charge, key=order.id)
    except restate.TerminalError as error:
        raise HTTPException(402, error.message) from None  # BAD: do-V-1
    try:
        await approve(ctx, order)
    except Declined as error:
        raise RuntimeError(f"declined: {error}")  # BAD: do-V-1
    try:
        await ctx.run_typed("charge", charge, key=order.id)
    except TerminalError as error:
        raise OutOfStock(order.id)  # OK: terminal too
    try:
        await ctx.run_typed("charge", charge, key=order.id)
    except TerminalError as error:
        raise Declined("declined") from None  # OK: terminal too
    try:
        amount = int(order.id)
    except ValueError:
        raise TerminalError("bad id", status_code=400) from None  # OK: a terminal error over a plain one
    if not amount:
        raise RetryableError("later")  # OK: retry on purpose
    return Result(ok=True)


async def approve(ctx: Context, order: Order) -> None:
    if await ctx.run_typed("limit", int, restate.RunOptions(), order.id) < order.amount:
        raise Declined(order.id)


@service.handler()
async def retrying(ctx: Context, order: Order) -> Result:
    for attempt in range(3):
        try:
            await ctx.run_typed(f"charge {attempt}", charge, key=order.id)
            return Result(ok=True)
        except TerminalError:  # BAD: do-V-7
            continue
    return Result(ok=False)


@service.handler()
async def fanning(ctx: Context, order: Order) -> Result:
    calls = [ctx.service_call(pay, order), ctx.service_call(retrying, order)]
    await restate.gather(*calls)
    ok = True
    for call in calls:
        try:
            await call
        except TerminalError:  # OK: already complete, so this is its own failure
            ok = False
    return Result(ok=ok)


@service.handler()
async def converting(ctx: Context, order: Order) -> Result:
    try:
        await ctx.service_call(pay, order)
    except Exception as error:  # BAD: dont-I-1
        raise TerminalError(str(error)) from error
    try:
        await ctx.service_call(pay, order)
    except* Exception:  # BAD: dont-I-1
        pass
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(ctx.run_typed, "refund", refund, restate.RunOptions(), order.id)  # BAD: dont-I-1
        await ctx.service_call(pay, order)
    return Result(ok=True)


confirm = restate.Workflow("Confirm")


@confirm.main()
async def confirm_run(ctx: WorkflowContext, order: Order) -> Result:
    answer = ctx.promise("answer", type_hint=bool)
    timer = ctx.sleep(timedelta(hours=1))
    try:
        match await restate.select(answer=answer.value(), timer=timer):
            case ["answer", ok]:
                return Result(ok=ok)
    except TerminalError:  # BAD: do-V-7
        return Result(ok=False)
    return Result(ok=False)


@confirm.handler()
async def reject(ctx: WorkflowSharedContext, order: Order) -> None:
    await ctx.promise("answer", type_hint=bool).reject(f"refused {order.id}")  # OK: rejects
    put = ctx.set
    put("rejected", True)  # BAD: do-IV-4
