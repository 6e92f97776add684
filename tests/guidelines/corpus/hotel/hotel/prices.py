import functools
import random
from pathlib import Path

import httpx
import restate
from pydantic import BaseModel
from restate import Context

pricing = restate.Service("Pricing")
TABLE = Path(__file__).parent / "prices.csv"


class Room(BaseModel):
    name: str


class Price(BaseModel):
    value: int


async def lookup(room: str) -> int:
    async with httpx.AsyncClient() as http:  # OK: only in steps
        return int((await http.get(f"https://prices.example/{room}")).text)  # OK: only in steps


def default(room: str) -> int:
    return _table().get(room, 0)


@functools.cache
def _table() -> dict[str, int]:
    lines = TABLE.read_text().splitlines()  # BAD: do-I-3
    return {name: int(value) for name, value in (line.split(",") for line in lines)}


@pricing.handler()
async def quote(ctx: Context, room: Room) -> Price:
    base = await ctx.run_typed("base", lookup, room=room.name)
    surge = ctx.random().uniform(1.0, 1.2)  # OK: the SDK's random
    noise = random.gauss(0, 1)  # BAD: do-VI-1
    candidates = await ctx.run_typed("files", lambda: sorted(TABLE.parent.glob("*.csv"))[0].name)  # OK: in a step
    offers = [ctx.service_call(quote, room) for _ in range(2)]  # OK: gathered
    done = await restate.gather(*offers)  # OK: the SDK's
    return Price(value=int(base * surge + noise) + len(candidates) + len(done))
