"""A customer's cart (the key): a state machine, kept in Restate because its state moves with its logic (do-IV-1).

    (nothing) ── add ──▶ open ── checkout ──▶ checked out ── expires ──▶ (nothing)
                          └────── expires ──────────────────────────────▶ (nothing)

Illegal transitions are refused with 409 and change nothing.
"""

from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, Field
from pydantic_settings import SettingsConfigDict
from restate import ObjectContext, ObjectSharedContext, TerminalError

from durable import VirtualObject, retry_policy
from objects.inventory import Sku
from settings import Duration, Section
from workflows import order
from workflows.order import Line, PlaceOrder

cart = VirtualObject(
    "Cart",
    inactivity_timeout=timedelta(minutes=1),
    abort_timeout=timedelta(minutes=1),
    journal_retention=timedelta(days=1),
    idempotency_retention=timedelta(days=1),
    state_preload=True,
    invocation_retry_policy=retry_policy(),
)


class CartSettings(Section):
    """`CART_*` in the environment."""

    model_config = SettingsConfigDict(env_prefix="CART_")

    ttl: Duration = Field(timedelta(days=7), description="How long a cart is kept after its last change.")


class Contents(BaseModel):
    """The state of a cart; `revision` counts its changes, so that an old expiry message is recognised."""

    phase: Literal["open", "checked_out"] = "open"
    lines: dict[str, Line] = {}
    order_id: str | None = None
    revision: int = 0


class RemoveLine(BaseModel):
    """The SKU to take out."""

    sku: Sku


class Checkout(BaseModel):
    """Where to send the messages, and what to charge."""

    customer: str = Field(min_length=3, max_length=320)
    card_token: str = Field(min_length=1, max_length=100)


class CheckedOut(BaseModel):
    """The order that was started."""

    order_id: str


@cart.handler()
async def add(ctx: ObjectContext, line: Line) -> Contents:
    """Adds a line, or replaces the one of the same SKU."""
    contents = await opened(ctx)
    contents.lines[line.sku] = line
    return await changed(ctx, contents)


@cart.handler()
async def remove(ctx: ObjectContext, line: RemoveLine) -> Contents:
    """Takes a line out; 409 if the cart does not have it."""
    contents = await opened(ctx)
    if line.sku not in contents.lines:
        raise TerminalError(f"{line.sku} is not in the cart", status_code=409)
    del contents.lines[line.sku]
    return await changed(ctx, contents)


@cart.handler()
async def checkout(ctx: ObjectContext, request: Checkout) -> CheckedOut:
    """Starts the order and does not wait for it. 409 for an empty cart, or one that is checked out."""
    contents = await opened(ctx)
    if not contents.lines:
        raise TerminalError("the cart is empty", status_code=409)
    order_id = str(ctx.uuid())
    placed = PlaceOrder(lines=list(contents.lines.values()), **request.model_dump())
    contents.phase, contents.order_id = "checked_out", order_id
    await changed(ctx, contents)
    ctx.workflow_send(order.run, key=order_id, arg=placed)
    return CheckedOut(order_id=order_id)


@cart.handler(kind="shared")
async def view(ctx: ObjectSharedContext) -> Contents:
    """The cart as it is; an unknown one is empty."""
    return await ctx.get("contents", type_hint=Contents) or Contents()


@cart.handler(ingress_private=True)
async def expire(ctx: ObjectContext, revision: int) -> None:
    """Forgets a cart that has not changed since `revision`."""
    contents = await ctx.get("contents", type_hint=Contents)
    if contents and contents.revision == revision:
        ctx.clear_all()


async def opened(ctx: ObjectContext) -> Contents:
    contents = await ctx.get("contents", type_hint=Contents) or Contents()
    if contents.phase != "open":
        raise TerminalError(f"the cart is checked out as order {contents.order_id}", status_code=409)
    return contents


async def changed(ctx: ObjectContext, contents: Contents) -> Contents:
    contents.revision += 1
    ctx.set("contents", contents)
    ttl = await ctx.run_typed("cart ttl", cart_ttl)
    ctx.object_send(expire, key=ctx.key(), arg=contents.revision, send_delay=ttl)
    return contents


def cart_ttl() -> timedelta:
    return CartSettings.read().ttl
