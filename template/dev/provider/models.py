"""What the sandbox is asked for. Amounts are in minor units (cents)."""

from pydantic import BaseModel, Field


class Charge(BaseModel):
    """The outcome is reported to `callback_url`."""

    order_id: str = Field(min_length=1)
    amount: int = Field(gt=0)
    currency: str
    card_token: str
    callback_url: str


class Refund(BaseModel):
    """Of the charge with the same idempotency key, unless `charge` is the key of another one."""

    order_id: str = Field(min_length=1)
    charge: str | None = None


class Line(BaseModel):
    """What is in a parcel."""

    sku: str
    quantity: int = Field(gt=0)


class Shipment(BaseModel):
    """A parcel."""

    order_id: str = Field(min_length=1)
    lines: list[Line] = Field(min_length=1)


class Message(BaseModel):
    """A mail; `order_id` is for the ledger only."""

    order_id: str
    to: str
    subject: str
    text: str
