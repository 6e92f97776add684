"""Transfers between accounts, as a saga with a helper object."""
import hashlib
import logging
import uuid
from contextlib import suppress
from datetime import timedelta
from functools import partial

import httpx
import restate
from pydantic import BaseModel
from restate import Context, ObjectContext, TerminalError, WorkflowContext, WorkflowSharedContext
from restate.exceptions import RetryableError

from app_services.rollback import Rollback

transfers = restate.Workflow("Transfers")
accounts = restate.VirtualObject("Accounts")
alerts = restate.Service("Alerts")


class Transfer(BaseModel):
    source: str
    target: str
    cents: int


class Done(BaseModel):
    id: str


@accounts.handler()
async def debit(ctx: ObjectContext, transfer: Transfer) -> Done:
    balance = await ctx.get("balance", type_hint=int) or 0
    if balance < transfer.cents:
        raise TerminalError("too little money", status_code=402)  # OK: terminal
    ctx.set("balance", balance - transfer.cents)  # OK: exclusive
    return Done(id=ctx.key())


@accounts.handler()
async def credit(ctx: ObjectContext, transfer: Transfer) -> Done:
    ctx.set("balance", (await ctx.get("balance", type_hint=int) or 0) + transfer.cents)  # OK: exclusive
    ctx.service_send(alert, transfer)  # OK: a send
    return Done(id=ctx.key())


@transfers.main()
async def run(ctx: WorkflowContext, transfer: Transfer) -> Done:
    rollback = Rollback()
    try:
        await ctx.object_call(debit, key=transfer.source, arg=transfer)
        rollback.add(partial(ctx.object_call, credit, transfer.source, transfer))  # BAD: do-V-4
        rollback.add(partial(ctx.object_call, debit, transfer.target, transfer))  # OK: registered first
        await ctx.object_call(credit, key=transfer.target, arg=transfer)
        answer = ctx.promise("confirmed", type_hint=bool)
        which, confirmed = await restate.select(answer=answer.value(), late=ctx.sleep(timedelta(days=1)))  # OK: a deadline
        if which == "late" or not confirmed:
            raise TerminalError("not confirmed")
    except TerminalError:
        await rollback.run()
        raise
    return Done(id=ctx.key())


@transfers.handler()
async def confirm(ctx: WorkflowSharedContext, transfer: Transfer) -> Done:
    await ctx.promise("confirmed", type_hint=bool).resolve(True)  # OK: resolves
    ctx.clear("pending")  # BAD: do-IV-4
    return Done(id=ctx.key())


@alerts.handler()
async def alert(ctx: Context, transfer: Transfer) -> None:
    confirmation_token = ctx.uuid().hex  # BAD: dont-I-6
    key = hashlib.sha1(f"{transfer.source}{uuid.uuid4()}".encode()).hexdigest()  # BAD: do-VI-1
    await ctx.run_typed("sms", sms, to=transfer.source, key=key, token=confirmation_token)
    await ctx.service_call(alert_again, transfer, idempotency_key=f"{transfer.source}-alert")  # WARN: dont-II-3
    await alert_again(ctx, transfer)  # WARN: do-I-1
    with suppress(TerminalError):  # BAD: do-V-7
        await ctx.run_typed("sms", sms, to=transfer.target, key="x", token="y")
    try:
        await ctx.run_typed("sms", sms, to=transfer.target, key="x", token="y")
    except (TerminalError, httpx.HTTPError) as error:
        raise AlertFailed(str(error)) from error  # OK: the cause stays terminal


class AlertFailed(RuntimeError):
    pass


@alerts.handler()
async def alert_again(ctx: Context, transfer: Transfer) -> None:
    print("again", transfer)  # WARN: do-I-4
    await ctx.run_typed("sms", sms, restate.RunOptions(max_retry_duration=timedelta(1)), "x", "y", "z")  # BAD: do-I-3
    if not transfer.cents:
        raise RetryableError("later", retry_after=timedelta(seconds=3))  # OK: retry on purpose


def sms(to: str, key: str, token: str) -> int:
    try:
        return httpx.post("https://sms.example", json={"to": to, "token": token}, headers={"Idempotency-Key": key}).status_code  # OK: only in steps
    except Exception as error:  # OK: inside a step
        logging.getLogger("sms").warning("failed %s", error)  # OK: inside a step
        raise
