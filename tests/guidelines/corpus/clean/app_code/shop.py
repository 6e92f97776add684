"""Nothing wrong in this project."""
from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import partial
from typing import Annotated, Literal, NamedTuple

import httpx
import restate
from pydantic import BaseModel, Field, field_validator
from restate import (
    Context,
    InvocationRetryPolicy,
    ObjectContext,
    ObjectSharedContext,
    RestateDurableFuture,
    RunOptions,
    TerminalError,
    WorkflowContext,
    WorkflowSharedContext,
)
from restate.exceptions import RetryableError
from restate.extensions import contextvar

log = restate.getLogger(__name__)
POLICY = InvocationRetryPolicy(initial_interval=timedelta(milliseconds=100), max_attempts=20, on_max_attempts="pause")


@contextvar
@asynccontextmanager
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=os.environ["SHOP_URL"]) as client:  # OK: a resource of the attempt
        yield client  # OK: a resource of the attempt


shop = restate.Service("Shop", invocation_retry_policy=POLICY, invocation_context_managers=[http])
stock = restate.VirtualObject("Stock", invocation_retry_policy=POLICY)
order = restate.Workflow("Order", invocation_retry_policy=POLICY)


class Size(StrEnum):
    S = "s"
    M = "m"


class Money(BaseModel):
    amount: Decimal
    currency: Literal["EUR", "CHF"] = "EUR"

    def rounded(self) -> Money:
        return Money(amount=self.amount.quantize(Decimal("0.01"), ROUND_HALF_UP), currency=self.currency)


class Line(BaseModel):
    sku: Annotated[str, Field(min_length=1)]
    size: Size
    price: Money

    @field_validator("sku")
    @classmethod
    def _upper(cls, sku: str) -> str:
        return sku.upper()


class Basket(BaseModel):
    lines: list[Line]

    @property
    def skus(self) -> set[str]:
        return {line.sku for line in self.lines}

    def total(self) -> Decimal:
        return sum((line.price.amount for line in self.lines), Decimal(0))


class Placed(BaseModel):
    id: str
    at: datetime
    total: Decimal


class Count(BaseModel):
    value: int = 0


class Rate(NamedTuple):
    base: str
    value: float


async def rate(currency: str) -> float:
    response = await http.value.get("/rates", params={"currency": currency})  # OK: only in a step
    if response.status_code == 503:
        raise RetryableError("busy", retry_after=timedelta(seconds=30))
    try:
        return float(response.raise_for_status().json()["rate"])
    except (KeyError, ValueError) as error:
        raise TerminalError("no rate", status_code=502) from error


@shop.handler()
async def place(ctx: Context, basket: Basket) -> Placed:
    now = datetime.fromtimestamp(await ctx.time(), tz=UTC)  # OK: journaled clock
    log.info("placing %d lines", len(basket.lines))  # OK: the SDK's logger
    if len(basket.skus) != len(basket.lines):
        raise TerminalError("each SKU once", status_code=400)
    rates = {line.price.currency: None for line in basket.lines}
    converted = [Rate(currency, await ctx.run_typed(f"rate {currency}", rate, currency=currency)) for currency in rates]  # OK: a dict keeps its order
    reservations = [ctx.object_call(reserve, key=sku, arg=Count(value=1)) for sku in sorted(basket.skus)]  # OK: sorted
    for reservation in await restate.gather(*reservations):  # OK: the SDK's gather
        await reservation
    id = hashlib.blake2b(ctx.request().id.encode(), digest_size=8).hexdigest()  # OK: from the invocation's id
    ctx.workflow_send(run, key=id, arg=basket)  # OK: a send
    total = sum((Decimal(str(r.value)) for r in converted), basket.total())
    return Placed(id=id, at=now, total=total)


@stock.handler()
async def reserve(ctx: ObjectContext, count: Count) -> Count:
    current = await ctx.get("count", type_hint=Count) or Count(value=10)
    left = Count(value=current.value - count.value)
    if left.value < 0:
        raise TerminalError(f"too few of {ctx.key()}", status_code=409)
    ctx.set("count", left)  # OK: exclusive
    if left.value == 0:
        ctx.clear_all()  # OK: exclusive
    ctx.object_send(restock, key=ctx.key(), arg=count, send_delay=timedelta(hours=1))  # OK: a send
    return left


@stock.handler()
async def restock(ctx: ObjectContext, count: Count) -> Count:
    current = await ctx.get("count", type_hint=Count) or Count()
    more = Count(value=current.value + count.value)
    ctx.set("count", more)  # OK: exclusive
    return more


@stock.handler(kind="shared")
async def level(ctx: ObjectSharedContext) -> Count:
    keys = await ctx.state_keys()
    return await ctx.get("count", type_hint=Count) or Count() if "count" in set(keys) else Count()  # OK: membership


@order.main()
async def run(ctx: WorkflowContext, basket: Basket) -> Placed:
    ctx.set("state", "waiting")  # OK: the workflow's own state
    undo = []
    try:
        for line in basket.lines:
            undo.append(partial(ctx.object_call, restock, line.sku, Count(value=1)))  # OK: registered first
            await ctx.object_call(reserve, key=line.sku, arg=Count(value=1))
        paid = await first_of(ctx, ctx.promise("paid", type_hint=Count).value(), timedelta(minutes=15))  # OK: has a deadline
        await ctx.sleep(timedelta(seconds=1))  # OK: a workflow
    except TerminalError as error:
        for compensation in reversed(undo):
            await compensation()
        ctx.set("state", "failed")
        raise TerminalError(f"order failed: {error.message}", status_code=error.status_code) from error  # OK: terminal
    at = datetime.fromtimestamp(await ctx.time(), UTC)
    return Placed(id=ctx.key(), at=at, total=basket.total() + paid.value)


async def first_of(ctx: Context, future: RestateDurableFuture[Count], within: timedelta) -> Count:
    match await restate.select(value=future, timeout=ctx.sleep(within)):  # OK: a deadline
        case ["value", Count() as value]:
            return value
        case _:
            raise TerminalError("too late", status_code=408)


@order.handler()
async def paid(ctx: WorkflowSharedContext, count: Count) -> None:
    await ctx.promise("paid", type_hint=Count).resolve(count)  # OK: resolves


@order.handler()
async def state(ctx: WorkflowSharedContext) -> str:
    return await ctx.get("state", type_hint=str) or "unknown"  # OK: a read


def normalise(texts: Iterable[str]) -> list[str]:
    return sorted({text.strip() for text in texts})  # OK: sorted


def logging_config() -> None:
    logging.basicConfig(level=os.environ.get("LEVEL", "INFO"))  # OK: start-up


app = restate.app([shop, stock, order], identity_keys=os.environ.get("KEYS", "").split(","))  # OK: module level
