"""A job runner that dispatches by kind."""
from __future__ import annotations

import abc
import asyncio
import random
import time
import uuid
from typing import Any, Callable, Generic, TypeVar

import requests
import restate
from pydantic import BaseModel
from restate import Context, ObjectContext, RunOptions, TerminalError

from kinds import Export, Import, KINDS, Report, handler_for

T = TypeVar("T")
jobs = restate.Service("Jobs")
queue = restate.VirtualObject("JobQueue")


class Job(BaseModel):
    kind: str
    args: list[str] = []


class Outcome(BaseModel):
    text: str


@jobs.handler()
async def dispatch(ctx: Context, job: Job) -> Outcome:
    runner = KINDS[job.kind](ctx)
    text = await runner.execute(job.args)
    match job.kind:
        case "report":
            text += await Report(ctx).execute(job.args)
        case "now":
            text += str(time.time())  # BAD: do-VI-2
        case str() as other if other.startswith("x"):
            text += await handler_for(other)(ctx, job.args)
    return Outcome(text=text)


@jobs.handler()
async def fan(ctx: Context, job: Job) -> Outcome:
    running: dict[str, Any] = {}
    for arg in job.args:
        running[arg] = ctx.run_typed(arg, slow, RunOptions(), arg)  # OK: gathered below
    await restate.gather(*running.values())
    texts = [await future for future in running.values()]  # OK: awaited
    winner, value = await restate.select(**{arg: ctx.service_call(dispatch, job) for arg in job.args})  # OK: the SDK's select
    pending = [ctx.service_call(dispatch, job) for _ in job.args]
    while pending:  # OK: shrinks
        done, pending = await restate.wait_completed(*pending)
        for future in done:
            texts.append((await future).text)
    results = await asyncio.gather(*[dispatch_one(ctx, arg) for arg in job.args], return_exceptions=True)  # BAD: dont-I-2
    return Outcome(text=f"{texts}{winner}{value}{results}")


async def dispatch_one(ctx: Context, arg: str) -> str:
    return await ctx.run_typed("one", slow, RunOptions(), arg)


def slow(arg: str) -> str:
    time.sleep(random.random())  # OK: only in steps
    return arg


@queue.handler()
async def push(ctx: ObjectContext, job: Job) -> Outcome:
    job_id = str(uuid.uuid4())  # BAD: do-VI-1
    ctx.object_send(work, key=ctx.key(), arg=job)  # OK: a send
    try:
        await ctx.service_call(dispatch, job)
    except TerminalError as e:
        if e.status_code != 409:
            raise ValueError(e.message)  # BAD: do-V-1
        raise
    return Outcome(text=job_id)


@queue.handler()
async def work(ctx: ObjectContext, job: Job) -> Outcome:
    try:
        outcome = await ctx.service_call(dispatch, job)
    except TerminalError as e:  # BAD: do-V-7
        outcome = Outcome(text=e.message)
    ctx.set("last", outcome)
    ids = ctx.get("ids", type_hint=list)  # BAD: do-I-2 ~ids
    if not ids:  # BAD: do-I-2 ~ids
        ctx.clear("last")
    return outcome


@queue.handler()
async def drain(ctx: ObjectContext, job) -> Outcome:  # BAD: do-IV-6
    while True:  # BAD: do-I-5
        await ctx.service_call(dispatch, job)


def local_run() -> None:
    for kind in set(KINDS):  # OK: a script
        print(kind, requests.get("http://localhost:8080/Jobs/dispatch"))  # OK: a script


if __name__ == "__main__":
    local_run()
