import asyncio
import contextlib
import logging
from datetime import timedelta

import restate
from pydantic import BaseModel
from restate import ObjectContext, WorkflowContext

log = logging.getLogger(__name__)
rooms = restate.VirtualObject("Rooms")
turnover = restate.Workflow("Turnover")


class Clean(BaseModel):
    minutes: int


class State(BaseModel):
    clean: bool


@rooms.handler()
async def clean(ctx: ObjectContext, job: Clean) -> State:
    log.debug("cleaning for %s", job.minutes)  # WARN: do-I-4
    await ctx.sleep(delta=timedelta(minutes=job.minutes))  # WARN: dont-II-2
    id, done = ctx.awakeable(type_hint=bool)
    await ctx.run_typed("call staff", call_staff, id=id)
    return State(clean=await done)  # WARN: dont-II-2, do-V-8


def call_staff(id: str) -> str:
    log.info("calling staff for %s", id)  # OK: in a step
    return id


@turnover.main()
async def run(ctx: WorkflowContext, job: Clean) -> State:
    tasks = [ctx.run_typed(f"t{n}", call_staff, id=str(n)) for n in range(3)]  # OK: gathered below
    linen, _ = asyncio.create_task(wash(ctx)), None  # BAD: dont-I-2
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(ctx.promise("inspected"), 60)  # BAD: dont-I-2
    await restate.gather(*tasks)
    checked = ctx.promise("checked", type_hint=bool)
    ok = await checked.value()  # WARN: do-V-8
    await linen
    ctx.run_typed("report", call_staff, id="done")  # BAD: do-I-2
    return State(clean=ok)


async def wash(ctx: WorkflowContext) -> None:
    await ctx.sleep(timedelta(hours=1))  # OK: a workflow blocks nobody
