"""A durable timetable: each run sends the next one as a delayed message (do-I-5).

No loop and no long sleep: every tick is a short invocation, so journals stay small and new code takes over with the
next tick. The object's key names the job.
"""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, Field
from restate import ObjectContext, ObjectSharedContext, TerminalError

from durable import VirtualObject, retry_policy
from objects.inventory import Sku
from services import reports
from services.reports import StockQuery

schedule = VirtualObject(
    "Schedule",
    inactivity_timeout=timedelta(minutes=1),
    abort_timeout=timedelta(minutes=1),
    journal_retention=timedelta(days=1),
    idempotency_retention=timedelta(days=1),
    state_preload=True,
    invocation_retry_policy=retry_policy(),
)

Interval = Annotated[timedelta, Field(ge=timedelta(milliseconds=100), le=timedelta(days=366))]


class Job(BaseModel):
    """A stock report on `skus`, `every` so often (seconds or ISO 8601), `times` in all or until stopped."""

    every: Interval
    skus: list[Sku] = Field(min_length=1, max_length=100)
    times: int | None = Field(default=None, gt=0)


class Timetable(BaseModel):
    """The state of a job: `next_at` in Unix seconds, `next_run` the invocation that will be the next tick."""

    job: Job
    runs: int = 0
    next_at: float
    next_run: str | None = None


class Tick(BaseModel):
    """Says which tick this is, so that one from before a restart is recognised."""

    next_at: float


@schedule.handler()
async def start(ctx: ObjectContext, job: Job) -> Timetable:
    """Starts a job, or starts it anew with other terms."""
    await withdraw(ctx, await ctx.get("timetable", type_hint=Timetable))
    return await plan(ctx, Timetable(job=job, next_at=await ctx.time()), delay=job.every)


@schedule.handler()
async def stop(ctx: ObjectContext) -> None:
    """Stops the job and forgets it. Stopping twice is fine."""
    await withdraw(ctx, await ctx.get("timetable", type_hint=Timetable))
    ctx.clear_all()


@schedule.handler(kind="shared")
async def status(ctx: ObjectSharedContext) -> Timetable:
    """404 for a job that is not running."""
    timetable = await ctx.get("timetable", type_hint=Timetable)
    if timetable is None:
        raise TerminalError(f"no job {ctx.key()}", status_code=404)
    return timetable


@schedule.handler(ingress_private=True)
async def tick(ctx: ObjectContext, due: Tick) -> None:
    """Does the work once, and plans the next time."""
    timetable = await ctx.get("timetable", type_hint=Timetable)
    if timetable is None or timetable.next_at != due.next_at:
        return  # stopped or restarted meanwhile
    ctx.service_send(reports.stock, StockQuery(skus=timetable.job.skus))
    timetable.runs += 1
    if timetable.runs == timetable.job.times:
        ctx.clear_all()
        return
    # from when it was due, not from now, or the timetable would drift; at once if that has passed
    late_by = timedelta(seconds=max(0.0, await ctx.time() - due.next_at))
    await plan(ctx, timetable, delay=max(timedelta(milliseconds=1), timetable.job.every - late_by))


async def plan(ctx: ObjectContext, timetable: Timetable, *, delay: timedelta) -> Timetable:
    timetable.next_at += timetable.job.every.total_seconds()
    sent = ctx.object_send(tick, key=ctx.key(), arg=Tick(next_at=timetable.next_at), send_delay=delay)
    timetable.next_run = await sent.invocation_id()
    ctx.set("timetable", timetable)
    return timetable


async def withdraw(ctx: ObjectContext, timetable: Timetable | None) -> None:
    if timetable and timetable.next_run:
        ctx.cancel_invocation(timetable.next_run)
