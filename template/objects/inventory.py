"""Stock of one SKU (the key): reserve, confirm, release.

A reservation is *held* until it is confirmed or expires; *confirmed* until the goods leave. One exclusive handler at a
time per SKU makes overselling impossible. What is held expires by a delayed message (do-I-5), so a caller that died
leaks nothing.
"""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, Field
from pydantic_settings import SettingsConfigDict
from restate import ObjectContext, ObjectSharedContext, TerminalError

from durable import VirtualObject, retry_policy
from settings import Duration, Section

inventory = VirtualObject(
    "Inventory",
    inactivity_timeout=timedelta(minutes=1),
    abort_timeout=timedelta(minutes=1),
    journal_retention=timedelta(days=1),
    idempotency_retention=timedelta(days=1),
    state_preload=True,  # one small value, needed by every handler (do-IV-7)
    invocation_retry_policy=retry_policy(),
)


class InventorySettings(Section):
    """`INVENTORY_*` in the environment."""

    model_config = SettingsConfigDict(env_prefix="INVENTORY_")

    reservation_ttl: Duration = Field(timedelta(minutes=30), description="How long stock is held for an order.")


Sku = Annotated[str, Field(min_length=1, max_length=64)]
"""A key of this object. What becomes a key has a limit: beyond 64 KB no attempt would reach the service, ever."""


class Reservation(BaseModel):
    """Units set aside for one order."""

    quantity: int
    confirmed: bool = False


class Stock(BaseModel):
    """The state under a SKU. `released` keeps the orders whose release came before their reservation."""

    available: int = 0
    reservations: dict[str, Reservation] = {}
    released: list[str] = []


class StockLevel(BaseModel):
    """What outsiders may know."""

    available: int
    reserved: int


class Restock(BaseModel):
    """Units that arrived."""

    quantity: int = Field(gt=0, le=1_000_000)


class Reserve(BaseModel):
    """Units wanted by an order."""

    order_id: str
    quantity: int = Field(gt=0)


async def load(ctx: ObjectContext | ObjectSharedContext) -> Stock:
    return await ctx.get("stock", type_hint=Stock) or Stock()


def save(ctx: ObjectContext, stock: Stock) -> None:
    if stock == Stock():
        ctx.clear_all()  # nothing to remember: do not keep the key for ever (do-IV-5)
    else:
        ctx.set("stock", stock)


@inventory.handler()
async def restock(ctx: ObjectContext, arrived: Restock) -> StockLevel:
    """Adds units."""
    stock = await load(ctx)
    stock.available += arrived.quantity
    save(ctx, stock)
    return level(stock)


@inventory.handler(kind="shared")
async def status(ctx: ObjectSharedContext) -> StockLevel:
    """Units available, and reserved for orders that have not left yet. 404 for a SKU without either."""
    stock = await load(ctx)
    if stock == Stock():
        raise TerminalError(f"no stock of {ctx.key()}", status_code=404)
    return level(stock)


@inventory.handler(ingress_private=True)
async def reserve(ctx: ObjectContext, request: Reserve) -> None:
    """Holds units for an order; 409 if there are too few. Repeating it changes nothing."""
    stock = await load(ctx)
    if request.order_id in stock.released:
        raise TerminalError(f"the reservation of {ctx.key()} was released before it was made", status_code=409)
    if request.order_id in stock.reservations:
        return
    if stock.available < request.quantity:
        raise TerminalError(f"only {stock.available} of {ctx.key()} left", status_code=409)
    stock.available -= request.quantity
    stock.reservations[request.order_id] = Reservation(quantity=request.quantity)
    ttl = await ctx.run_typed("reservation ttl", reservation_ttl)
    save(ctx, stock)
    ctx.object_send(expire, key=ctx.key(), arg=request.order_id, send_delay=ttl)


@inventory.handler(ingress_private=True)
async def confirm(ctx: ObjectContext, order_id: str) -> None:
    """The order is paid: its units no longer expire. 409 if they already have."""
    stock = await load(ctx)
    if order_id not in stock.reservations:
        raise TerminalError(f"the reservation of {ctx.key()} expired", status_code=409)
    stock.reservations[order_id].confirmed = True
    save(ctx, stock)


@inventory.handler(ingress_private=True)
async def release(ctx: ObjectContext, order_id: str) -> None:
    """Puts an order's units back: the compensation of `reserve`, held or confirmed (do-V-3).

    Before the reservation it leaves a tombstone, so that a reservation that comes late holds nothing.
    """
    stock = await load(ctx)
    if order_id in stock.reservations:
        put_back(stock, order_id)
    elif order_id not in stock.released:
        stock.released.append(order_id)
        ttl = await ctx.run_typed("reservation ttl", reservation_ttl)
        ctx.object_send(forget, key=ctx.key(), arg=order_id, send_delay=ttl)
    save(ctx, stock)


@inventory.handler(ingress_private=True)
async def shipped(ctx: ObjectContext, order_id: str) -> None:
    """The goods left: the reservation is history."""
    stock = await load(ctx)
    stock.reservations.pop(order_id, None)
    save(ctx, stock)


@inventory.handler(ingress_private=True)
async def expire(ctx: ObjectContext, order_id: str) -> None:
    """Puts units back that were held and never confirmed."""
    stock = await load(ctx)
    held = stock.reservations.get(order_id)
    if held and not held.confirmed:
        put_back(stock, order_id)
        save(ctx, stock)


@inventory.handler(ingress_private=True)
async def forget(ctx: ObjectContext, order_id: str) -> None:
    """Drops a tombstone: by now the reservation will not come any more."""
    stock = await load(ctx)
    if order_id in stock.released:
        stock.released.remove(order_id)
        save(ctx, stock)


def put_back(stock: Stock, order_id: str) -> None:
    stock.available += stock.reservations.pop(order_id).quantity


def level(stock: Stock) -> StockLevel:
    return StockLevel(available=stock.available, reserved=sum(r.quantity for r in stock.reservations.values()))


def reservation_ttl() -> timedelta:
    return InventorySettings.read().reservation_ttl
