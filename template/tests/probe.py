"""Handlers that only tests call: each shows one property of `durable/`, or breaks one rule on purpose.

`python -m tests.probe` serves them beside the project's own, in the way of `python -m serve`. Effects are lines in the
file $PROBE_EFFECTS, so that a test can count them.
"""

import asyncio
import dataclasses
import logging
import os
import random
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, TypedDict
from uuid import UUID

import restate
from pydantic import BaseModel, ConfigDict, Field
from restate import Context, ObjectContext, ObjectSharedContext, RunOptions, TerminalError

from app import components
from durable import Saga, Service, VirtualObject, deadline, logs, settled
from serve import serve
from settings import ServerSettings

log = logging.getLogger("probe")

RETRIES = restate.InvocationRetryPolicy(
    initial_interval=timedelta(milliseconds=20),
    exponentiation_factor=1.5,
    max_interval=timedelta(milliseconds=200),
    max_attempts=100,
    on_max_attempts="pause",
)


class Limits(TypedDict):
    inactivity_timeout: timedelta
    abort_timeout: timedelta
    journal_retention: timedelta
    idempotency_retention: timedelta


LIMITS: Limits = {
    "inactivity_timeout": timedelta(minutes=1),
    "abort_timeout": timedelta(minutes=1),
    "journal_retention": timedelta(hours=1),
    "idempotency_retention": timedelta(hours=1),
}

ATTEMPTS = 4

NAMES = ("Probe", "Courier", "Vault")
"""Of the services in this file."""

probe = Service("Probe", invocation_retry_policy=RETRIES, **LIMITS)
courier = Service("Courier", invocation_retry_policy=RETRIES, **LIMITS)
# guidelines: ignore[forgotten-state] it lives as long as the server of a test
vault = VirtualObject("Vault", invocation_retry_policy=RETRIES, **LIMITS)


def effect(what: str) -> None:
    with Path(os.environ["PROBE_EFFECTS"]).open("a") as file:
        file.write(what + "\n")


async def slow_effect(what: str, seconds: float = 0.0) -> str:
    await asyncio.sleep(seconds)
    effect(what)
    return what


class Circle(BaseModel):
    shape: Literal["circle"]
    radius: Decimal


class Square(BaseModel):
    shape: Literal["square"]
    side: Decimal


class Everything(BaseModel):
    """Types that the SDK's own serde gets wrong, one of each."""

    number: int = Field(alias="theNumber", gt=0)
    day: date
    price: Decimal
    id: UUID
    shapes: list[Annotated[Circle | Square, Field(discriminator="shape")]] = []
    secret: str | None = Field(default=None, min_length=8)


@probe.handler()
async def mirror(ctx: Context, value: Everything) -> Everything:
    """Through a step, so the journal has it too."""

    async def unchanged() -> Everything:
        return value

    return await ctx.run_typed("mirror", unchanged)


@probe.handler()
async def days(ctx: Context, value: list[date]) -> dict[str, timedelta]:
    return {day.isoformat(): day - value[0] for day in value}


@probe.handler()
async def maybe(ctx: Context, value: int | None) -> int | None:
    return value


@probe.handler()
async def lies_about_its_result(ctx: Context) -> int:
    await ctx.run_typed("effect", effect, what="lie")
    return "not a number"  # type: ignore[return-value]


@probe.handler()
async def step_that_does_not_fit(ctx: Context, what: str) -> str:
    def step() -> datetime:
        effect(what)
        return object()  # type: ignore[return-value]

    return str(await ctx.run_typed("step", step))


@probe.handler()
async def waits_for_a_number(ctx: Context, what: str) -> int:
    await ctx.run_typed("before", effect, what=what)
    awakeable, number = ctx.awakeable(type_hint=int)
    await ctx.run_typed("tell", effect, what=f"awakeable {what} {awakeable}")
    return await deadline(ctx, number, timedelta(seconds=10), "the number")


@vault.handler()
async def put(ctx: ObjectContext, value: list[Everything]) -> None:
    ctx.set("value", value)


@vault.handler(kind="shared")
async def look(ctx: ObjectSharedContext) -> list[Everything]:
    return await ctx.get("value", type_hint=list[Everything]) or []


@probe.handler()
async def coin_flip(ctx: Context) -> str:
    """Breaks dont-I-4 on purpose: half of its replays take the other branch."""
    # guidelines: ignore[unstable-id] what the replay lane must see
    side = "heads" if random.random() < 0.5 else "tails"
    await ctx.run_typed(side, effect, what=side)
    await ctx.sleep(timedelta(milliseconds=20))
    return side


@probe.handler()
async def unordered(ctx: Context) -> list[str]:
    """Breaks dont-I-5 on purpose: only another process has another order."""
    done = []
    # guidelines: ignore[unordered-iteration] what the chaos lane must see
    for name in {"ada", "grace", "edsger", "barbara", "donald", "tony"}:
        done.append(await ctx.run_typed(name, slow_effect, what=name))
    return done


class SagaRequest(BaseModel):
    """`steps` are done in turn, each for `seconds`; then the saga waits, or fails."""

    name: str
    steps: int = 3
    seconds: float = 0.0
    fail: bool = True
    undo_seconds: float = 0.0
    undo_fails: int | None = None


class Undo(BaseModel):
    name: str
    step: int
    seconds: float = 0.0
    fails: bool = False


SagaHandler = Callable[[Context, SagaRequest], Awaitable[str]]


@probe.handler()
async def undo(ctx: Context, request: Undo) -> None:
    if request.fails:
        raise TerminalError("cannot undo", status_code=500)
    what = f"undo {request.name} {request.step}"
    await ctx.run_typed("undo", slow_effect, what=what, seconds=request.seconds)


@probe.handler()
async def saga_by_calls(ctx: Context, request: SagaRequest) -> str:
    return await run_saga(ctx, request, by_call=True)


@probe.handler()
async def saga_by_steps(ctx: Context, request: SagaRequest) -> str:
    return await run_saga(ctx, request, by_call=False)


async def run_saga(ctx: Context, request: SagaRequest, *, by_call: bool) -> str:
    saga = Saga()
    try:
        for step in range(request.steps):
            fails = request.undo_fails == step
            undoing = Undo(name=request.name, step=step, seconds=request.undo_seconds, fails=fails)
            if by_call:
                saga.on_failure(ctx.service_call, undo, undoing)
            else:
                saga.on_failure(undo_as_step, ctx, undoing)
            what = f"do {request.name} {step}"
            await settled(ctx.run_typed("do", slow_effect, what=what, seconds=request.seconds))
        if request.fail:
            raise TerminalError("on purpose", status_code=418)
        await ctx.sleep(timedelta(seconds=30))
        return "done"
    except TerminalError as failure:
        await saga.compensate(failure)
        raise


@probe.handler()
async def saga_in_line(ctx: Context, key: str) -> None:
    """Its only compensation waits for an object."""
    saga = Saga()
    saga.on_failure(ctx.object_call, undo_in_line, key=key, arg=Undo(name=key, step=0))
    failure = TerminalError("on purpose", status_code=418)
    await saga.compensate(failure)
    raise failure


@vault.handler()
async def undo_in_line(ctx: ObjectContext, request: Undo) -> None:
    what = f"undo {request.name} {request.step}"
    await ctx.run_typed("undo", slow_effect, what=what, seconds=request.seconds)


def undo_as_step(ctx: Context, request: Undo) -> restate.RestateDurableFuture[str]:
    what = f"undo {request.name} {request.step}"
    return ctx.run_typed("undo", slow_effect, what=what, seconds=request.seconds)


@probe.handler()
async def sleeper(ctx: Context, seconds: float) -> str:
    await ctx.sleep(timedelta(seconds=seconds))
    return "awake"


@probe.handler()
async def echo(ctx: Context, number: int) -> int:
    return number


@probe.handler()
async def calls_many(ctx: Context, count: int) -> int:
    calls = [ctx.service_call(echo, number) for number in range(count)]
    return len([await call for call in await restate.gather(*calls)])


@probe.handler()
async def waits_for_a_sleeper(ctx: Context, seconds: float) -> str:
    call = ctx.service_call(sleeper, seconds)
    return await deadline(ctx, call, timedelta(milliseconds=300), "the sleeper")


@probe.handler()
async def logs_a_lot(ctx: Context, marker: str) -> None:
    log.info("before %s", marker)
    await ctx.sleep(timedelta(milliseconds=20))
    log.info("between %s", marker)
    log.warning("warned %s", marker)
    await ctx.sleep(timedelta(milliseconds=20))
    raise TerminalError(f"ended {marker}", status_code=418)


@probe.handler()
async def fails_twice(ctx: Context, what: str) -> None:
    def step() -> None:
        effect(what)
        if Path(os.environ["PROBE_EFFECTS"]).read_text().splitlines().count(what) < 3:
            raise RuntimeError(f"not yet {what}")

    await ctx.run_typed("step", step)


@probe.handler(invocation_retry_policy=dataclasses.replace(RETRIES, max_attempts=ATTEMPTS))
async def gives_up(ctx: Context, what: str) -> str:
    """Fails until somebody mends it."""

    def step() -> str:
        effect(f"tried {what}")
        if f"mended {what}" not in Path(os.environ["PROBE_EFFECTS"]).read_text():
            raise RuntimeError(f"broken {what}")
        return "done"

    return await ctx.run_typed("step", step)


@probe.handler()
async def works(ctx: Context, seconds: float) -> str:
    """Holds its attempt open inside a step."""
    return await ctx.run_typed("work", slow_effect, RunOptions(), "worked", seconds)


class Parcel(BaseModel):
    """A message for a handler that is private to the ingress."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    service: str
    handler: str
    key: str | None = None
    body: bytes


@courier.handler()
async def carry(ctx: Context, parcel: Parcel) -> str:
    """Sends the parcel, as any other handler could; returns the invocation id."""
    sent = ctx.generic_send(parcel.service, parcel.handler, parcel.body, key=parcel.key)
    return await sent.invocation_id()


def main() -> None:
    server = ServerSettings.read()
    logs.configure(server.log_level)
    asyncio.run(serve(restate.app([*components(), probe, vault, courier]), server))


if __name__ == "__main__":
    main()
