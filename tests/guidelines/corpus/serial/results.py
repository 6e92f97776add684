"""Step results that do and do not serialise (plain SDK)."""
import asyncio
import functools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import httpx
import restate
from pydantic import BaseModel, RootModel
from restate import Context, RunOptions
from restate.serde import BytesSerde, PydanticJsonSerde

serial = restate.Service("Serial")


class Item(BaseModel):
    sku: str


class Items(RootModel[list[Item]]):
    pass


class Query(BaseModel):
    sku: str


class Invoice(BaseModel):
    total: Decimal
    at: datetime


async def find(sku: str) -> Item:
    async with httpx.AsyncClient() as http:  # OK: in a step
        return Item.model_validate((await http.get(f"https://x.example/{sku}")).json())


async def find_all(sku: str) -> list[Item]:
    return [await find(sku)]


def created_at(sku: str) -> datetime:
    return datetime.now(UTC)  # OK: in a step


def tags(sku: str) -> set[str]:
    return {sku}


def price(sku: str) -> Decimal:
    return Decimal(1)


def new_id() -> UUID:
    return uuid4()  # OK: in a step


def raw(sku: str) -> bytes:
    return b""


def items(sku: str) -> Items:
    return Items([Item(sku=sku)])


def invoice(sku: str) -> Invoice:
    return Invoice(total=Decimal(1), at=datetime.now(UTC))  # OK: in a step


def response(sku: str) -> httpx.Response:
    return httpx.get(f"https://x.example/{sku}")  # OK: in a step


def later(sku: str):
    return find(sku)


class Finder:
    async def __call__(self, sku: str) -> str:
        return sku

    async def find(self, sku: str) -> Item:
        return Item(sku=sku)


@serial.handler()
async def wrong(ctx: Context, query: Query) -> Item:
    item = await ctx.run_typed("a", lambda: find(query.sku))  # BAD: do-I-3|do-IV-6
    await ctx.run_typed("b", lambda: asyncio.sleep(1))  # BAD: do-I-3|do-IV-6
    await ctx.run_typed("c", created_at, sku=query.sku)  # BAD: do-I-3|do-IV-6
    await ctx.run_typed("d", tags, sku=query.sku)  # BAD: do-I-3|do-IV-6
    await ctx.run_typed("e", find_all, sku=query.sku)  # BAD: do-I-3|do-IV-6
    await ctx.run_typed("f", price, sku=query.sku)  # BAD: do-I-3|do-IV-6
    await ctx.run_typed("g", new_id)  # BAD: do-I-3|do-IV-6
    await ctx.run_typed("h", uuid4)  # BAD: do-I-3|do-IV-6
    await ctx.run_typed("i", lambda: datetime.now(UTC))  # BAD: do-I-3|do-IV-6
    await ctx.run_typed("j", lambda: {1, 2, 3})  # BAD: do-I-3|do-IV-6
    await ctx.run_typed("k", response, sku=query.sku)  # BAD: do-I-3|do-IV-6
    await ctx.run_typed("l", lambda: httpx.get("https://x.example"))  # BAD: do-I-3|do-IV-6
    await ctx.run_typed("m", later, sku=query.sku)  # BAD: do-I-3|do-IV-6
    await ctx.run_typed("n", Finder(), RunOptions(), query.sku)  # BAD: do-I-3|do-IV-6
    await ctx.run_typed("o", lambda: Finder().find(query.sku))  # BAD: do-I-3|do-IV-6

    async def local() -> set[int]:
        return {1}

    await ctx.run_typed("p", local)  # BAD: do-I-3|do-IV-6
    await ctx.run_typed("q", functools.partial(created_at, query.sku))  # BAD: do-I-3|do-IV-6
    await ctx.run_typed("r", find, RunOptions(max_retry_duration=timedelta(minutes=1)), query.sku)  # BAD: do-I-3
    options = RunOptions[str](max_attempts=3, max_retry_duration=timedelta(minutes=1))  # BAD: do-I-3
    await ctx.run_typed("s", str, options, query.sku)
    return item


@serial.handler()
async def right(ctx: Context, query: Query) -> Item:
    item = await ctx.run_typed("a", find, sku=query.sku)  # OK: a model from an async function
    await ctx.run_typed("b", functools.partial(find, query.sku))  # OK: the SDK sees through partial
    await ctx.run_typed("c", lambda: created_at(query.sku).isoformat())  # OK: a string
    await ctx.run_typed("d", lambda: sorted(tags(query.sku)))  # OK: a list of strings
    await ctx.run_typed("e", items, sku=query.sku)  # OK: a root model
    await ctx.run_typed("f", lambda: str(price(query.sku)))  # OK: a string
    await ctx.run_typed("g", lambda: str(new_id()))  # OK: a string
    await ctx.run_typed("h", invoice, sku=query.sku)  # OK: a model with a datetime inside
    await ctx.run_typed("i", raw, RunOptions(serde=BytesSerde()), query.sku)  # OK: its own serde
    await ctx.run_typed("j", lambda: len(tags(query.sku)))  # OK: a number
    await ctx.run_typed("k", lambda: httpx.get("https://x.example").text)  # OK: a string
    await ctx.run_typed("l", lambda: httpx.get("https://x.example").json())  # OK: JSON
    await ctx.run_typed("m", lambda: None)  # OK: nothing
    await ctx.run_typed("n", Finder().find, RunOptions(max_attempts=3), query.sku)  # OK: an async bound method
    await ctx.run_typed("o", lambda: {"a": [1, 2]})  # OK: JSON
    await ctx.run_typed("p", lambda: httpx.get("https://x.example").status_code)  # OK: a number
    await ctx.run_typed("q", find, RunOptions(max_duration=timedelta(minutes=1)), query.sku)  # OK: the option that works
    await ctx.run_typed("r", lambda: created_at(query.sku).timestamp())  # OK: a float
    await ctx.run_typed("s", lambda: query.sku in {"a", "b"})  # OK: a bool
    return item
