"""Charges and refunds at the payment provider, each exactly once.

The caller brings the idempotency key, made with `ctx.uuid()` (do-VI-1): it is the same on every attempt, so a charge
that is repeated after a crash is the same charge. No retry options on the steps: then the service's policy holds,
which ends in *pause*, while a step with its own policy would end in a failed order.
"""

from datetime import timedelta

from pydantic import BaseModel, Field
from restate import Context, TerminalError

from durable import Service, retry_policy, settled
from gateways.payments import Declined, PendingCharge, RefundResult
from gateways.payments import payments as provider
from services.retry_after import honouring_retry_after

payments = Service(
    "Payments",
    ingress_private=True,
    inactivity_timeout=timedelta(minutes=1),
    abort_timeout=timedelta(minutes=1),
    journal_retention=timedelta(days=1),
    idempotency_retention=timedelta(days=1),
    invocation_retry_policy=retry_policy(),
)


class Charge(BaseModel):
    """`amount` is in minor units (cents); `key` makes it one charge however often it is sent."""

    key: str
    order_id: str
    amount: int = Field(gt=0)
    currency: str = "EUR"
    card_token: str


class Refund(BaseModel):
    """Names the charge to give back by its key."""

    key: str
    order_id: str


async def charge_at_provider(request: Charge) -> PendingCharge:
    with honouring_retry_after():
        try:
            return await provider.value.charge(**request.model_dump())
        except Declined as declined:
            message, metadata = f"payment declined: {declined.decline_code}", {"decline_code": declined.decline_code}
            raise TerminalError(message, status_code=402, metadata=metadata) from declined


async def refund_at_provider(request: Refund) -> RefundResult:
    with honouring_retry_after():
        return await provider.value.refund(**request.model_dump())


@payments.handler()
async def charge(ctx: Context, request: Charge) -> PendingCharge:
    """Starts a charge; its outcome is reported to the webhook. 402 when the card is declined."""
    return await settled(ctx.run_typed("charge", charge_at_provider, request=request))


@payments.handler()
async def refund(ctx: Context, request: Refund) -> RefundResult:
    """Gives a charge back, or blocks it if it has not arrived yet. A compensation, so not to be cancelled."""
    return await settled(ctx.run_typed("refund", refund_at_provider, request=request), shield=True)
