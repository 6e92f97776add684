"""Messages to customers: sent one-way, so that nobody waits for the mail server, now or later.

A delayed message needs no scheduler: `ctx.service_send(notify, …, send_delay=timedelta(days=3))` is durable (do-I-5).
"""

from datetime import timedelta

from pydantic import BaseModel
from restate import Context

from durable import Service, retry_policy
from gateways.mail import mail
from services.retry_after import honouring_retry_after

notifications = Service(
    "Notifications",
    ingress_private=True,
    inactivity_timeout=timedelta(minutes=1),
    abort_timeout=timedelta(minutes=1),
    journal_retention=timedelta(days=1),
    idempotency_retention=timedelta(days=1),
    invocation_retry_policy=retry_policy(),
)


class Message(BaseModel):
    """A plain text message to one address; `order_id` is for the mail service's records."""

    order_id: str
    to: str
    subject: str
    text: str


async def send_mail(key: str, message: Message) -> None:
    with honouring_retry_after():
        await mail.value.send(key=key, **message.model_dump())


@notifications.handler()
async def notify(ctx: Context, message: Message) -> None:
    """Sends a message once."""
    await ctx.run_typed("send mail", send_mail, key=str(ctx.uuid()), message=message)
