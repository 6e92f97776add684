"""Sales in a database, exactly once, with a semantic lock (do-IV-8).

A step may run again after its transaction was committed and before that was journaled. So the version is read in a
step of its own, and the update holds only for that version; the sale's id tells a repetition from a competitor.
"""

from datetime import timedelta

from pydantic import BaseModel, Field
from restate import Context
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from durable import Service, retry_policy
from gateways.database import database, sales, sales_by_sku

ledger = Service(
    "Ledger",
    ingress_private=True,
    inactivity_timeout=timedelta(minutes=1),
    abort_timeout=timedelta(minutes=1),
    journal_retention=timedelta(days=1),
    idempotency_retention=timedelta(days=1),
    invocation_retry_policy=retry_policy(),
)

LONGEST_PAUSE = 32
"""Seconds at most after a conflict; a second after the first. A row that hundreds write at once wants a virtual object
instead, which has them queue."""


class Sale(BaseModel):
    """`amount` is in minor units; `sale_id` is unique per sale."""

    sale_id: str
    sku: str
    quantity: int = Field(gt=0)
    amount: int = Field(ge=0)


class LateSale(BaseModel):
    """A sale, and how often another one was faster."""

    sale: Sale
    conflicts: int = Field(gt=0)


class Total(BaseModel):
    """What was sold of one SKU; `version` counts the updates."""

    quantity: int = 0
    amount: int = 0
    version: int = 0


async def read_total(sku: str) -> Total:
    query = select(sales_by_sku.c.quantity, sales_by_sku.c.amount, sales_by_sku.c.version)
    async with database.value.connect() as connection:
        row = (await connection.execute(query.where(sales_by_sku.c.sku == sku))).mappings().one_or_none()
    return Total.model_validate(dict(row)) if row else Total()


async def apply(sale: Sale, before: Total) -> bool:
    """Books the sale if nobody changed the total since it was read; true if it is booked, now or earlier."""
    after = {
        "quantity": before.quantity + sale.quantity,
        "amount": before.amount + sale.amount,
        "version": before.version + 1,
    }
    locked = (sales_by_sku.c.sku == sale.sku) & (sales_by_sku.c.version == before.version)
    async with database.value.connect() as connection:
        try:
            if before.version == 0:
                await connection.execute(insert(sales_by_sku).values(sku=sale.sku, **after))
            elif (await connection.execute(update(sales_by_sku).where(locked).values(after))).rowcount == 0:
                return await is_booked(connection, sale)
            await connection.execute(insert(sales).values(sale.model_dump()))
            await connection.commit()
        except IntegrityError:  # somebody booked the first sale of this SKU, or this very sale
            await connection.rollback()
            return await is_booked(connection, sale)
    return True


async def is_booked(connection: AsyncConnection, sale: Sale) -> bool:
    found = await connection.execute(select(sales.c.sale_id).where(sales.c.sale_id == sale.sale_id))
    return found.first() is not None


async def book(ctx: Context, sale: Sale, conflicts: int) -> None:
    before = await ctx.run_typed("read total", read_total, sku=sale.sku)
    if await ctx.run_typed("book sale", apply, sale=sale, before=before):
        return
    # not by an error, which each replay of these steps would raise again: another invocation has a journal of its own
    pause = ctx.random().uniform(0, min(2**conflicts, LONGEST_PAUSE))
    await ctx.sleep(timedelta(seconds=pause))
    ctx.service_send(record_late, LateSale(sale=sale, conflicts=conflicts + 1))


@ledger.handler()
async def record(ctx: Context, sale: Sale) -> None:
    """Books a sale once, however often it is sent."""
    await book(ctx, sale, conflicts=0)


@ledger.handler()
async def record_late(ctx: Context, late: LateSale) -> None:
    """Books a sale that was sent to `record` before."""
    await book(ctx, late.sale, late.conflicts)
