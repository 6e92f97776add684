"""The payment provider's callbacks: verified, then handed to the order that waits for them (do-V-5).

The provider never gets the awakeable's own URL: that one answers 202 to anybody, for anything. Deliveries come twice,
late, forged, or for orders that do not exist; each has its own answer, and none leaves an invocation behind.
"""

import time
from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import SettingsConfigDict
from restate import Context, TerminalError

from durable import Service, explain, retry_policy
from gateways.payments import PaymentSettings
from gateways.signatures import BadSignature, StaleSignature, verify
from settings import Duration, Section
from workflows import order
from workflows.order import Delivered, PaymentOutcome

webhooks = Service(
    "Webhooks",
    inactivity_timeout=timedelta(minutes=1),
    abort_timeout=timedelta(minutes=1),
    journal_retention=timedelta(days=1),
    idempotency_retention=timedelta(days=1),
    invocation_retry_policy=retry_policy(),
)


class WebhookSettings(Section):
    """`WEBHOOK_*` in the environment."""

    model_config = SettingsConfigDict(env_prefix="WEBHOOK_")

    tolerance: Duration = Field(timedelta(minutes=5), description="How old a signed callback may be.")


class EventData(BaseModel):
    """What the event is about; `key` is the idempotency key of the charge."""

    order_id: str = Field(min_length=1, max_length=200)
    key: str
    amount: int
    failure_code: str | None = None


class Event(BaseModel):
    """The body of a callback; `created` in Unix seconds."""

    id: str
    type: Literal["payment.succeeded", "payment.failed"]
    created: int
    data: EventData


class Accepted(BaseModel):
    """What became of the delivery."""

    outcome: Delivered


class Signed(BaseModel):
    """The headers of a delivery: when it was signed (Unix seconds), and how."""

    timestamp: str = Field(alias="webhook-timestamp", min_length=1)
    signature: str = Field(alias="webhook-signature", min_length=1)


def verify_delivery(body: bytes, signed: Signed) -> None:
    """In a step, since it reads the clock and the secret: a replay must not come to another verdict (do-I-3)."""
    secret = PaymentSettings.read().webhook_secret.get_secret_value()
    tolerance = WebhookSettings.read().tolerance
    try:
        verify(body, secret=secret, now=time.time(), tolerance=tolerance, **signed.model_dump())
    except BadSignature as error:
        raise TerminalError(str(error), status_code=401) from error
    except StaleSignature as error:
        raise TerminalError(str(error), status_code=403) from error


@webhooks.handler(accept="*/*")
async def payment(ctx: Context, body: bytes) -> Accepted:
    """400 for what is no signed event, 401 for a wrong signature, 403 for an old one, 404 for an unknown order."""
    try:
        signed = Signed.model_validate({name.lower(): value for name, value in ctx.request().headers.items()})
        await ctx.run_typed("verify signature", verify_delivery, body=body, signed=signed)
        event = Event.model_validate_json(body)
    except ValidationError as error:
        raise TerminalError(f"invalid request: {explain(error)}", status_code=400) from error
    outcome = PaymentOutcome(
        key=event.data.key,
        succeeded=event.type == "payment.succeeded",
        failure_code=event.data.failure_code,
    )
    return Accepted(outcome=await ctx.workflow_call(order.payment_settled, key=event.data.order_id, arg=outcome))
