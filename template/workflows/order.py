"""An order, from the customer's click to the parcel. Runs once per order id (do-III-2).

Whatever fails on the way, what was done before is undone in reverse: the money goes back, then the stock.
"""

from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, Field, field_validator
from pydantic_settings import SettingsConfigDict
from restate import TerminalError, WorkflowContext, WorkflowSharedContext

from durable import Saga, Workflow, deadline, is_cancellation, retry_policy, settled
from gateways.carrier import Shipment, carrier
from objects import inventory
from objects.inventory import Reserve, Sku
from services import ledger, notifications, payments
from services.ledger import Sale
from services.notifications import Message
from services.payments import Charge, Refund
from services.retry_after import honouring_retry_after
from settings import Duration, Section

order = Workflow(
    "Order",
    inactivity_timeout=timedelta(minutes=1),
    abort_timeout=timedelta(minutes=1),
    journal_retention=timedelta(days=7),
    idempotency_retention=timedelta(days=7),
    state_preload=True,
    invocation_retry_policy=retry_policy(),
)


class OrderSettings(Section):
    """`ORDER_*` in the environment."""

    model_config = SettingsConfigDict(env_prefix="ORDER_")

    approval_limit: int = Field(100_000, ge=0, description="Amount in minor units above which a person must approve.")
    payment_deadline: Duration = Field(timedelta(minutes=15), description="Longest wait for the provider's callback.")
    approval_deadline: Duration = Field(timedelta(days=3), description="Longest wait for a person's approval.")


class Terms(BaseModel):
    """The settings one order runs under, journaled: a restart with others must not change its course (do-I-3)."""

    approval_limit: int
    payment_deadline: timedelta
    approval_deadline: timedelta


class Line(BaseModel):
    """`unit_price` is in minor units (cents)."""

    sku: Sku
    quantity: int = Field(gt=0, le=1_000)
    unit_price: int = Field(gt=0, le=100_000_000)


class PlaceOrder(BaseModel):
    """What the customer wants, and how they pay. At most one line per SKU."""

    customer: str = Field(min_length=3, max_length=320)
    lines: list[Line] = Field(min_length=1, max_length=100)
    card_token: str = Field(min_length=1, max_length=100)

    @field_validator("lines")
    @classmethod
    def _one_line_per_sku(cls, lines: list[Line]) -> list[Line]:
        if len({line.sku for line in lines}) < len(lines):
            raise ValueError("two lines have the same sku; add their quantities up")
        return lines

    @property
    def amount(self) -> int:
        return sum(line.quantity * line.unit_price for line in self.lines)


class Receipt(BaseModel):
    """What the customer gets in the end."""

    order_id: str
    tracking: str
    amount: int


State = Literal["reserving", "paying", "awaiting_approval", "shipping", "shipped", "failed", "cancelled"]


class OrderStatus(BaseModel):
    """How far the order is; `reason` when it failed or was cancelled."""

    order_id: str
    state: State
    reason: str | None = None


class AwaitedPayment(BaseModel):
    """The charge this order waits for, and the awakeable that its outcome resolves."""

    key: str
    awakeable: str


class PaymentOutcome(BaseModel):
    """What the provider reported about the charge with this key."""

    key: str
    succeeded: bool
    failure_code: str | None = None


Delivered = Literal["delivered", "duplicate", "refunded"]


class Approval(BaseModel):
    """A person's decision."""

    approved: bool
    by: str = Field(min_length=1, max_length=100)


class Cancel(BaseModel):
    """Why the customer changed their mind."""

    reason: str = Field(min_length=1, max_length=500)


@order.main(workflow_retention=timedelta(days=7))
async def run(ctx: WorkflowContext, placed: PlaceOrder) -> Receipt:
    """Reserve, charge, have large orders approved, ship. 402 declined, 408 too late, 409 sold out or cancelled."""
    terms = await ctx.run_typed("terms", current_terms)
    ctx.set("invocation", ctx.request().id)
    saga = Saga()
    try:
        await reserve_stock(ctx, saga, placed)
        await take_payment(ctx, saga, placed, terms)
        if placed.amount > terms.approval_limit:
            await have_approved(ctx, terms)
        shipment = await ship(ctx, placed)
    except TerminalError as failure:
        update_status(ctx, "cancelled" if is_cancellation(failure) else "failed", failure.message)
        await saga.compensate(failure)
        tell_customer(ctx, placed, "Your order could not be completed", failure.message)
        raise
    update_status(ctx, "shipped")
    book_sale(ctx, placed)
    tell_customer(ctx, placed, "Your order is on its way", f"Tracking number: {shipment.tracking}")
    return Receipt(order_id=ctx.key(), tracking=shipment.tracking, amount=placed.amount)


async def reserve_stock(ctx: WorkflowContext, saga: Saga, placed: PlaceOrder) -> None:
    update_status(ctx, "reserving")
    for line in placed.lines:
        saga.on_failure(ctx.object_call, inventory.release, key=line.sku, arg=ctx.key())
        request = Reserve(order_id=ctx.key(), quantity=line.quantity)
        await settled(ctx.object_call(inventory.reserve, key=line.sku, arg=request))


async def take_payment(ctx: WorkflowContext, saga: Saga, placed: PlaceOrder, terms: Terms) -> None:
    """Charges, and waits for the provider's word on it. Refunds by key, so a success that comes too late goes back."""
    update_status(ctx, "paying")
    key = str(ctx.uuid())
    awakeable, outcome = ctx.awakeable(type_hint=PaymentOutcome)
    ctx.set("payment", AwaitedPayment(key=key, awakeable=awakeable))
    charge = Charge(key=key, order_id=ctx.key(), amount=placed.amount, card_token=placed.card_token)

    saga.on_failure(ctx.service_call, payments.refund, Refund(key=key, order_id=ctx.key()))
    await settled(ctx.service_call(payments.charge, charge))
    await deadline(ctx, outcome, terms.payment_deadline, "the payment")

    for line in placed.lines:
        await settled(ctx.object_call(inventory.confirm, key=line.sku, arg=ctx.key()))


async def have_approved(ctx: WorkflowContext, terms: Terms) -> None:
    update_status(ctx, "awaiting_approval")
    decision = ctx.promise("approval", type_hint=Approval).value()
    approval = await deadline(ctx, decision, terms.approval_deadline, "the approval")
    if not approval.approved:
        raise TerminalError(f"refused by {approval.by}", status_code=409)


async def ship(ctx: WorkflowContext, placed: PlaceOrder) -> Shipment:
    """The point of no return: from here on a cancellation comes too late, and the order completes."""
    update_status(ctx, "shipping")
    key = str(ctx.uuid())
    handover = ctx.run_typed("ship", ship_with_carrier, key=key, order_id=ctx.key(), lines=placed.lines)
    shipment = await settled(handover, shield=True)
    for line in placed.lines:
        ctx.object_send(inventory.shipped, key=line.sku, arg=ctx.key())
    return shipment


async def ship_with_carrier(key: str, order_id: str, lines: list[Line]) -> Shipment:
    parcel: list[dict[str, str | int]] = [{"sku": line.sku, "quantity": line.quantity} for line in lines]
    with honouring_retry_after():
        return await carrier.value.ship(key=key, order_id=order_id, lines=parcel)


def current_terms() -> Terms:
    return Terms.model_validate(OrderSettings.read().model_dump(include=set(Terms.model_fields)))


def update_status(ctx: WorkflowContext, state: State, reason: str | None = None) -> None:
    ctx.set("status", OrderStatus(order_id=ctx.key(), state=state, reason=reason))


async def current_status(ctx: WorkflowSharedContext) -> OrderStatus:
    found = await ctx.get("status", type_hint=OrderStatus)
    if found is None:
        raise TerminalError(f"no order {ctx.key()}", status_code=404)
    return found


def tell_customer(ctx: WorkflowContext, placed: PlaceOrder, subject: str, text: str) -> None:
    message = Message(order_id=ctx.key(), to=placed.customer, subject=subject, text=text)
    ctx.service_send(notifications.notify, message)


def book_sale(ctx: WorkflowContext, placed: PlaceOrder) -> None:
    for line in placed.lines:
        amount = line.quantity * line.unit_price
        sale = Sale(sale_id=f"{ctx.key()}/{line.sku}", sku=line.sku, quantity=line.quantity, amount=amount)
        ctx.service_send(ledger.record, sale)


@order.handler()
async def status(ctx: WorkflowSharedContext) -> OrderStatus:
    """404 for an order that was never placed, or is forgotten."""
    return await current_status(ctx)


@order.handler()
async def approve(ctx: WorkflowSharedContext, approval: Approval) -> None:
    """Decides on an order that waits for it; 409 otherwise, and for a second decision."""
    now = await current_status(ctx)
    if now.state != "awaiting_approval":
        raise TerminalError(f"the order is {now.state}, it does not wait for approval", status_code=409)
    await ctx.promise("approval", type_hint=Approval).resolve(approval)


@order.handler()
async def cancel(ctx: WorkflowSharedContext, request: Cancel) -> OrderStatus:
    """Cancels an order until it ships; 409 after that. The order compensates on its own time."""
    now = await current_status(ctx)
    invocation = await ctx.get("invocation", type_hint=str)
    if now.state in ("shipping", "shipped", "failed", "cancelled") or invocation is None:
        raise TerminalError(f"the order is {now.state}, it is too late to cancel it", status_code=409)
    ctx.cancel_invocation(invocation)
    return OrderStatus(order_id=ctx.key(), state="cancelled", reason=request.reason)


@order.handler(ingress_private=True)
async def payment_settled(ctx: WorkflowSharedContext, outcome: PaymentOutcome) -> Delivered:
    """Wakes the order that waits for this payment. What comes after it gave up is refunded; once, by the key."""
    awaited = await ctx.get("payment", type_hint=AwaitedPayment)
    if awaited is None or awaited.key != outcome.key:
        raise TerminalError(f"no order {ctx.key()} waits for this payment", status_code=404)
    now = await current_status(ctx)
    if now.state == "paying":
        if outcome.succeeded:
            ctx.resolve_awakeable(awaited.awakeable, outcome)
        else:
            ctx.reject_awakeable(awaited.awakeable, f"payment failed: {outcome.failure_code}", failure_code=402)
        return "delivered"
    if now.state in ("failed", "cancelled") and outcome.succeeded:
        ctx.service_send(payments.refund, Refund(key=awaited.key, order_id=ctx.key()))
        return "refunded"
    return "duplicate"
