"""A class does the work; the context is an attribute, operations sit in lists and dicts."""
import functools
import random
import time
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Awaitable, Callable

import httpx
import restate
from pydantic import BaseModel
from restate import Context, RunOptions, TerminalError, Workflow, WorkflowContext

from clients import Airline, CarRental, HotelClient, new_session_id

trips = Workflow("Trips")


class Trip(BaseModel):
    customer: str
    hotel: str
    flight: str


class Booked(BaseModel):
    ref: str


@dataclass
class Booker:
    ctx: WorkflowContext
    trip: Trip
    airline: Airline
    undo: list[Callable[[], Awaitable[Any]]] = field(default_factory=list)

    async def book(self) -> str:
        ref = self._reference()
        await self._hotel(ref)
        await self._flight(ref)
        return ref

    def _reference(self) -> str:
        return f"T-{random.randint(1000, 9999)}"  # BAD: do-VI-1

    async def _hotel(self, ref: str) -> None:
        self.undo.append(lambda: self.ctx.run_typed("cancel hotel", self._cancel_hotel, ref=ref))  # OK: registered before
        await self.ctx.run_typed("hotel", self._reserve_hotel, ref=ref)  # OK: bound method is the step

    def _reserve_hotel(self, ref: str) -> str:
        return httpx.post("https://hotel.example", json={"ref": ref, "at": time.time()}).text  # OK: bound method in a step

    def _cancel_hotel(self, ref: str) -> str:
        return httpx.delete(f"https://hotel.example/{ref}").text  # OK: bound method in a step via a compensation

    async def _flight(self, ref: str) -> None:
        book = functools.partial(self.airline.book, ref=ref)
        self.undo.append(functools.partial(self.ctx.run_typed, "cancel flight", self.airline.cancel, RunOptions(), ref))  # OK: partial of a context method
        await self.ctx.run_typed("flight", book)  # OK: partial in a step
        await self.airline.confirm(ref)


@trips.main()
async def run(ctx: WorkflowContext, trip: Trip) -> Booked:
    booker = Booker(ctx, trip, Airline("https://air.example"))
    try:
        ref = await booker.book()
        session = new_session_id()
        await STEPS["car"](ctx, ref)
        for name, step in EXTRAS.items():  # OK: dict keeps its order
            await step(ctx, f"{ref}{name}{session}")
    except TerminalError:
        for compensation in reversed(booker.undo):
            await compensation()
        raise
    return Booked(ref=ref)


async def car(ctx: Context, ref: str) -> None:
    rental = CarRental()
    await ctx.run_typed("car", rental.rent, RunOptions(max_attempts=3), ref)  # OK: method of a local object in a step
    rental.remember(ref)


async def insurance(ctx: Context, ref: str) -> None:
    await ctx.run_typed("insure", functools.partial(HotelClient.static_insure, ref))  # OK: partial of a static method


async def lounge(ctx: WorkflowContext, ref: str) -> None:
    started = time.perf_counter()  # BAD: do-VI-2
    await ctx.sleep(timedelta(seconds=5))
    ctx.set("took", time.perf_counter() - started)  # BAD: do-VI-2


STEPS: dict[str, Callable[[Context, str], Awaitable[None]]] = {"car": car}
EXTRAS = {"insurance": insurance, "lounge": lounge}
UNUSED = {"x": lambda: uuid.uuid4()}  # OK: never called by a handler
