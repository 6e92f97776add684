from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import httpx
from pydantic import BaseModel
from pydantic_settings import BaseSettings
from restate import Context, TerminalError

from durable import Saga, Service, is_cancellation

invoices = Service("Invoices")


class Settings(BaseSettings):
    url: str = "http://localhost:9000"
    ttl: timedelta = timedelta(days=3)


settings = Settings()  # OK: module level


class Line(BaseModel):
    sku: str
    price: Decimal


class Invoice(BaseModel):
    id: str
    lines: list[Line] = []


def lines(id: str) -> list[Line]:
    return [Line.model_validate(line) for line in httpx.get(f"{settings.url}/{id}").json()]  # OK: only in a step


def issued_at() -> datetime:
    return datetime.now(UTC)  # OK: only in a step


def number() -> UUID:
    return uuid4()  # OK: only in a step


def ttl() -> timedelta:
    return Settings().ttl  # OK: only in a step


def prices(id: str) -> set[Decimal]:
    return {line.price for line in lines(id)}


@invoices.handler()
async def issue(ctx: Context, invoice: Invoice) -> Invoice:
    saga = Saga()
    try:
        found = await ctx.run_typed("lines", lines, id=invoice.id)  # OK: this project's context serialises lists of models
        at = await ctx.run_typed("at", issued_at)  # OK: this project's context serialises datetimes
        nr = await ctx.run_typed("number", number)  # OK: this project's context serialises UUIDs
        keep = await ctx.run_typed("ttl", ttl)  # OK: this project's context serialises timedeltas
        distinct = await ctx.run_typed("prices", prices, id=invoice.id)  # OK: this project's context serialises sets
        saga.on_failure(ctx.service_call, void, invoice)  # OK: registered first
        await ctx.service_call(book, invoice)
    except TerminalError as failure:
        if not is_cancellation(failure):
            ctx.service_send(void, invoice)
        await saga.compensate()
        raise
    return Invoice(id=f"{nr}{at}{keep}{len(distinct)}", lines=found)


@invoices.handler()
async def book(ctx: Context, invoice: Invoice) -> None:
    read_again = Settings()  # BAD: do-I-3
    await ctx.run_typed("book", lambda: httpx.post(read_again.url).status_code)


@invoices.handler()
async def void(ctx: Context, invoice: Invoice) -> None:
    await ctx.run_typed("void", lambda: httpx.delete(f"{settings.url}/{invoice.id}").status_code)  # OK: in a step
    if not invoice.id:
        raise TerminalError("cannot void", status_code=409)  # OK: terminal


@invoices.handler()
async def remind(ctx: Context, invoice: Invoice) -> None:
    now = datetime.now(UTC)  # BAD: do-VI-2
    ctx.service_send(void, invoice, send_delay=now - datetime(2024, 1, 1, tzinfo=UTC))
