"""Waiting for people: with and without a deadline."""
from datetime import timedelta
from typing import Annotated, Literal

import restate
from pydantic import BaseModel
from restate import Context, RestateDurableFuture, TerminalError, WorkflowContext, WorkflowSharedContext

from patience import ask, within

approvals = restate.Workflow("Approvals")
desk = restate.Service("Desk")


class Request(BaseModel):
    document: str


class Decision(BaseModel):
    approved: bool
    by: str = ""


@approvals.main()
async def run(ctx: WorkflowContext, request: Request) -> Decision:
    first = await ctx.promise("first", type_hint=Decision)  # WARN: do-V-8
    second = await ctx.promise("second", type_hint=Decision).value()  # WARN: do-V-8
    promise = ctx.promise("third", type_hint=Decision)
    third = await promise  # WARN: do-V-8
    fourth_promise = ctx.promise("fourth", type_hint=Decision).value()
    fourth = await fourth_promise  # WARN: do-V-8
    id, answer = ctx.awakeable(type_hint=Decision)
    await ctx.run_typed("mail", send_mail, id=id)
    fifth = await answer  # WARN: do-V-8
    pair = ctx.awakeable(type_hint=Decision)
    await ctx.run_typed("mail 2", send_mail, id=pair[0])
    sixth = await pair[1]  # WARN: do-V-8
    seventh = await ask(ctx, "seven")
    a, left = ctx.awakeable(type_hint=Decision)
    b, right = ctx.awakeable(type_hint=Decision)
    await restate.gather(left, right)  # WARN: do-V-8
    return Decision(approved=all(d.approved for d in (first, second, third, fourth, fifth, sixth, seventh)), by=a + b)


@approvals.handler()
async def approve(ctx: WorkflowSharedContext, decision: Decision) -> None:
    await ctx.promise("first", type_hint=Decision).resolve(decision)  # OK: resolving does not wait
    known = await ctx.promise("second", type_hint=Decision).peek()  # OK: peeking does not wait
    if known is None:
        await ctx.promise("second", type_hint=Decision).reject("refused")  # OK: rejecting does not wait


@desk.handler()
async def decide(ctx: Context, request: Request) -> Decision:
    id, answer = ctx.awakeable(type_hint=Decision)
    await ctx.run_typed("mail", send_mail, id=id)
    timeout = ctx.sleep(timedelta(hours=8))
    match await restate.select(answer=answer, timeout=timeout):  # OK: has a deadline
        case ["answer", decision]:
            first = decision
        case _:
            raise TerminalError("nobody answered", status_code=408)
    other_id, other = ctx.awakeable(type_hint=Decision)
    second = await within(ctx, other, timedelta(hours=1))  # OK: the helper has a deadline
    third_id, third = ctx.awakeable(type_hint=Decision)
    done, waiting = await restate.wait_completed(third, ctx.sleep(timedelta(minutes=1)))  # OK: has a deadline
    if third in done:
        first = await third  # OK: completed above
    fourth_id, fourth = ctx.awakeable(type_hint=Decision)
    timer = ctx.sleep(timedelta(minutes=2))
    async for future in restate.as_completed(fourth, timer):  # OK: has a deadline
        if future is timer:
            break
        first = await fourth  # OK: completed above
    ctx.resolve_awakeable(other_id, Decision(approved=True))  # OK: no wait
    ctx.reject_awakeable(third_id, "no longer needed")  # OK: no wait
    await ctx.sleep(timedelta(hours=1))  # OK: a timer in a service
    which, value = await restate.select(x=ctx.run_typed("x", send_mail, id=fourth_id), t=ctx.sleep(timedelta(seconds=9)))  # OK: has a deadline
    return Decision(approved=first.approved and second.approved, by=f"{which}{value}")


def send_mail(id: str) -> str:
    return id
