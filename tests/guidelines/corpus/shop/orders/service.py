from __future__ import annotations

from typing import TYPE_CHECKING

import restate
from pydantic import BaseModel

from .. import ids as identity
from ..audit import *
from ..pricing import engine
from .fulfil import fulfil as do_fulfil

if TYPE_CHECKING:
    from restate import Context

orders = restate.Service("Orders")


class Order(BaseModel):
    id: str
    skus: list[str]


class Placed(BaseModel):
    number: str
    total: int


@orders.handler("place")
async def place_order(ctx: Context, order: Order) -> Placed:
    number = identity.order_number(order.id)
    total = engine.total(order.skus)
    stamp(order.id)
    await do_fulfil(ctx, order.id)
    return Placed(number=number, total=total)


@orders.handler()
async def label(context: "restate.Context", order: Order) -> Placed:
    code = await context.run_typed("label", identity.shared_code, prefix=order.id)  # OK: helper in a step
    return Placed(number=code, total=engine.pure_total(order.skus))  # OK: pure helper


@orders.handler()
async def label_wrong(context: "restate.Context", order: Order) -> Placed:
    return Placed(number=identity.other_code(order.id), total=0)
