"""Those who place, approve and cancel orders, and insist: a connection that breaks is no answer."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import httpx

from dev.storm.killing import Killer
from dev.storm.plan import Order
from dev.storm.timeline import Timeline
from durable import Client, InvocationFailed
from objects import cart
from objects.cart import Checkout
from workflows import order
from workflows.order import Approval, Cancel, OrderStatus, PlaceOrder, Receipt

T = TypeVar("T")

CUSTOMER = "ada@example.com"
CARD = "tok_visa"

AGAIN_SECONDS = 0.2

UNKNOWN_SECONDS = 10.0
"""For so long a server may say 404 of an order that it has accepted: it has just started, and is not done reading."""

UNAVAILABLE = (429, 502, 503, 504)
"""Answers of an ingress that is about to go, or has just come."""


@dataclass(frozen=True)
class End:
    """How an order ended: 200 has shipped, as in `dev.storm.plan`; `id` is not the plan's if a cart gave it."""

    order: Order
    id: str
    status: int
    message: str
    state: str
    amount: int = 0


class Customers:
    """One for each order of a plan."""

    def __init__(self, client: Client, killer: Killer, timeline: Timeline) -> None:
        self._client = client
        self._killer = killer
        self._timeline = timeline

    async def sees_through(self, one: Order) -> End:
        """Places an order, does what its course says, and waits for its end."""
        await self._killer.after(one.after)
        await asyncio.sleep(one.pause)
        order_id = await self._places(one)
        if one.cancel_at:
            await self._when(order_id, one.cancel_at, lambda: self._cancels(order_id))
        elif one.course in ("approved", "refused"):
            await self._when(order_id, "awaiting_approval", lambda: self._decides(order_id, one.course == "approved"))
        return await self._end(one, order_id)

    async def _places(self, one: Order) -> str:
        if one.by_cart:
            for line in one.lines:
                await self._insists(partial(self._client.call, cart.add, line, key=one.id))
            checkout = Checkout(customer=CUSTOMER, card_token=CARD)
            # without the key, a repeated checkout would be told that the cart is checked out
            out = await self._insists(
                lambda: self._client.call(cart.checkout, checkout, key=one.id, idempotency_key=one.id)
            )
            order_id = out.order_id
        else:
            order_id = one.id
            placed = PlaceOrder(customer=CUSTOMER, lines=one.lines, card_token=CARD)
            await self._insists(lambda: self._client.send(order.run, placed, key=order_id))
        self._timeline.add(order_id, f"is placed: {one.course}, {one.amount} cents, fault {one.fault or 'none'}")
        return order_id

    async def _when(self, order_id: str, state: str, act: Callable[[], Awaitable[None]]) -> None:
        """Acts as soon as the order is in this state; not at all if it ends without it."""
        while True:
            now = await self._status(order_id)
            if now and now.state == state:
                return await act()
            if now and now.state in ("shipped", "failed", "cancelled"):
                return None
            await asyncio.sleep(AGAIN_SECONDS / 2)

    async def _status(self, order_id: str) -> OrderStatus | None:
        """None before it has begun."""
        try:
            return await self._insists(lambda: self._client.call(order.status, key=order_id))
        except InvocationFailed as failure:
            if failure.status == 404:
                return None
            raise

    async def _decides(self, order_id: str, approved: bool) -> None:
        decision = Approval(approved=approved, by="grace")
        await self._tries("decision", order_id, lambda: self._client.call(order.approve, decision, key=order_id))

    async def _cancels(self, order_id: str) -> None:
        cancel = Cancel(reason="changed my mind")
        await self._tries("cancellation", order_id, lambda: self._client.call(order.cancel, cancel, key=order_id))

    async def _tries(self, what: str, order_id: str, request: Callable[[], Awaitable[object]]) -> None:
        """409 is an answer too: it is too late, or a first request whose answer was lost has done it."""
        try:
            await self._insists(request)
        except InvocationFailed as failure:
            if failure.status != 409:
                raise
            self._timeline.add(order_id, f"its {what} is answered {failure}")
        else:
            self._timeline.add(order_id, f"its {what} is accepted")

    async def _end(self, one: Order, order_id: str) -> End:
        status, message, amount = 200, "", 0
        try:
            amount = (await self._receipt(order_id)).amount
        except InvocationFailed as failure:
            status, message = failure.status, failure.message
        self._timeline.add(order_id, f"its customer is told: {status} {message}".rstrip())
        last = await self._status(order_id)
        return End(one, order_id, status, message, last.state if last else "unknown", amount)

    async def _receipt(self, order_id: str) -> Receipt:
        until = time.monotonic() + UNKNOWN_SECONDS
        while True:
            try:
                return await self._insists(lambda: self._client.attach_workflow(order.run, order_id))
            except InvocationFailed as failure:
                if failure.status != 404 or time.monotonic() > until:
                    raise
            await asyncio.sleep(AGAIN_SECONDS)

    async def _insists(self, request: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                return await request()
            except httpx.TransportError:
                pass
            except InvocationFailed as failure:
                if failure.status not in UNAVAILABLE:
                    raise
            await asyncio.sleep(AGAIN_SECONDS)
