"""Room bookings."""
import dataclasses
import secrets as s
from datetime import datetime as DT
from datetime import timedelta, timezone
from typing import Any, Optional

import restate as r
from pydantic import BaseModel
from restate import TerminalError as Terminal

from hotel import prices as p
from hotel.common import Env, Ledger, audit_trail, guard, numbered

bookings = r.VirtualObject("Bookings")
RETRY = r.RunOptions(max_attempts=5, max_duration=timedelta(minutes=3))


class Stay(BaseModel):
    room: str
    nights: int
    guests: list[str] = []


class Booking(BaseModel):
    code: str
    price: int = 0


@dataclasses.dataclass(slots=True)
class Scope:
    context: r.ObjectContext
    stay: Stay
    ledger: Optional[Ledger] = None

    async def code(self) -> str:
        return numbered(self.stay.room)

    async def charge(self) -> int:
        price = await self.context.run_typed("price", p.lookup, RETRY, self.stay.room)  # OK: in a step
        if self.ledger:
            await self.ledger.write(self.context, price)
        return price


@bookings.handler(name="book")
async def book(ctx: r.ObjectContext, stay: Stay) -> Booking:
    scope = Scope(ctx, stay, ledger=Ledger(Env.load()))
    code = await scope.code()
    try:
        price = await scope.charge()
    except Exception as e:  # BAD: dont-I-1
        return Booking(code=str(e))
    async with audit_trail(ctx, "book"):
        for guest in {g.strip() for g in stay.guests}:  # BAD: dont-I-5
            await guard(ctx, guest)
    return Booking(code=code, price=price)


@bookings.handler()
async def extend(ctx: r.ObjectContext, stay: Stay) -> Booking:
    until = DT.now(timezone.utc) + timedelta(days=stay.nights)  # BAD: do-VI-2
    pin = s.randbelow(10_000)  # BAD: do-VI-1
    known = await ctx.get("booking", type_hint=Booking)
    if known is None:
        raise Terminal("no booking", status_code=404)
    prices = {room: p.default(room) for room in ("a", "b")}
    for room, price in sorted(prices.items()):  # OK: sorted
        ctx.set(f"price-{room}", price)
    ctx.set("until", until.isoformat())
    await ctx.object_call(book, ctx.key(), stay)  # BAD: dont-II-1
    return Booking(code=str(pin))


@bookings.handler(kind="shared")
async def show(ctx: r.ObjectSharedContext) -> Booking:
    booking = await ctx.get("booking", type_hint=Booking)
    views = await ctx.get("views", type_hint=int) or 0
    bump(ctx, views + 1)
    return booking or Booking(code="none")


def bump(ctx: Any, views: int) -> None:
    ctx.set("views", views)  # BAD: do-IV-4
