import random
from datetime import datetime

from pydantic import BaseModel
from restate import Context

from core import traced
from names import billing


class Bill(BaseModel):
    id: str


class Paid(BaseModel):
    id: str


@billing.handler()
@traced
async def pay(ctx: Context, bill: Bill) -> Paid:
    return Paid(id=f"{bill.id}-{random.random()}")  # BAD: do-VI-1


@billing.handler(name="remind")
async def send_reminder(ctx: Context, bill: Bill) -> Paid:
    return Paid(id=f"{datetime.now():%F}")  # BAD: do-VI-2
