from datetime import UTC, datetime, time, timedelta

import restate
from pydantic import BaseModel
from restate import Context, ObjectContext

from .extract import Day, Rows
from .extract import run as extract_run

service = restate.VirtualObject("Nightly")


class Plan(BaseModel):
    hour: int = 3
    days: list[str] = []


def next_run(now: float, hour: int) -> datetime:
    today = datetime.fromtimestamp(now, UTC)  # OK: of a given time
    at = datetime.combine(today.date(), time(hour), UTC)  # OK: of a given time
    return at if at > today else at + timedelta(days=1)


@service.handler()
async def start(ctx: ObjectContext, plan: Plan) -> None:
    now = await ctx.time()
    due = next_run(now, plan.hour)  # OK: with the journaled clock
    ctx.set("due", due.isoformat())  # OK: from the journaled clock
    delay = due - datetime.fromtimestamp(now, UTC)  # OK: from the journaled clock
    ctx.object_send(tick, key=ctx.key(), arg=plan, send_delay=delay)  # OK: a send


@service.handler()
async def tick(ctx: ObjectContext, plan: Plan) -> None:
    futures = {day: ctx.service_call(extract_run, Day(day=day)) for day in plan.days}  # OK: a list; awaited below
    await restate.gather(*futures.values())
    results: list[Rows] = [await future for future in futures.values()]  # OK: awaited
    ctx.set("rows", sum(len(result.rows) for result in results))  # OK: exclusive
    await start_again(ctx, plan)


async def start_again(ctx: ObjectContext, plan: Plan) -> None:
    late = datetime.now(UTC)  # BAD: do-VI-2
    ctx.object_send(start, key=ctx.key(), arg=plan, send_delay=timedelta(minutes=late.minute))
