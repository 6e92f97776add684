"""Orders by the hundred: placed, waited for, and timed."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import psutil

from dev.demo.shop import Shop
from durable import Client, InvocationFailed
from workflows import order
from workflows.order import Approval, Line, PlaceOrder

PATIENCE = 1_800.0
"""Seconds for one level at most."""

SKUS = [f"teapot-{number}" for number in range(500)]
"""What is ordered, in turn: orders of one SKU wait for each other, and for its row in the ledger."""

SENDERS = 50
"""Connections that place, ask and approve; orders that sleep hold none."""


@dataclass
class Level:
    """What one level came to: `seconds` of each order, `memory` of the app in MB before and after it.

    `client` is this process's own share of one processor: near 1, it measures itself.
    """

    name: str
    seconds: list[float]
    elapsed: float
    failed: list[str]
    memory: tuple[float, float]
    client: float

    @property
    def throughput(self) -> float:
        """Orders per second."""
        return len(self.seconds) / self.elapsed

    def percentile(self, share: float) -> float:
        """Seconds that this share of the orders took at most."""
        ranked = sorted(self.seconds)
        return ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else float("nan")


def memory_of(shop: Shop) -> float:
    """What the app's process occupies (RSS), in MB."""
    return float(psutil.Process(shop.service.pid).memory_info().rss) / 1e6


def an_order(order_id: str, price: int) -> PlaceOrder:
    """An order whose id ends in its number."""
    line = Line(sku=SKUS[int(order_id.rpartition("-")[2]) % len(SKUS)], quantity=1, unit_price=price)
    return PlaceOrder(customer="ada@example.com", lines=[line], card_token="tok_visa")


@asynccontextmanager
async def clients(shop: Shop, count: int) -> AsyncIterator[Client]:
    """One client that has a connection for each of `count` calls, and never waits for one."""
    limits = httpx.Limits(max_connections=count, max_keepalive_connections=count)
    async with httpx.AsyncClient(timeout=PATIENCE, limits=limits, trust_env=False) as http:
        yield Client(http, shop.server.ingress_url, shop.server.admin_url)


async def measured(
    name: str, shop: Shop, ids: Sequence[str], at_once: int, one: Callable[[str], Awaitable[object]]
) -> Level:
    """Does `one` for each id, `at_once` at a time; what is answered with an error has failed."""
    seconds: list[float] = []
    failed: list[str] = []
    waiting = iter(ids)

    async def worker() -> None:
        for order_id in waiting:
            started = time.perf_counter()
            try:
                await one(order_id)
            except (InvocationFailed, httpx.HTTPError) as error:
                failed.append(f"{order_id}: {error!r}")
            seconds.append(time.perf_counter() - started)

    before, own, started = memory_of(shop), time.process_time(), time.perf_counter()
    await asyncio.wait_for(asyncio.gather(*(worker() for _ in range(at_once))), PATIENCE)
    elapsed = time.perf_counter() - started
    client = (time.process_time() - own) / elapsed
    return Level(name, seconds, elapsed, failed, (before, memory_of(shop)), client)


async def at_once(shop: Shop, count: int, rounds: int, prefix: str) -> Level:
    """`count` orders under way at any time, `rounds` times as many in all, each from the click to the parcel."""
    ids = [f"{prefix}-{number}" for number in range(count * rounds)]
    async with clients(shop, count) as client:

        async def buy(order_id: str) -> None:
            await client.call(order.run, an_order(order_id, 100), key=order_id)

        return await measured(f"{count} at once", shop, ids, count, buy)


async def asleep(shop: Shop, ids: Sequence[str], price: int) -> Level:
    """Places orders that wait for a person, and waits until all of them do."""

    async def place(order_id: str) -> None:
        await client.send(order.run, an_order(order_id, price), key=order_id)

    async with clients(shop, SENDERS) as client:
        level = await measured(f"{len(ids)} fall asleep", shop, ids, SENDERS, place)
        await states(shop, len(ids))
    return level


async def states(shop: Shop, count: int) -> None:
    """Waits until `count` orders wait for approval, by a query now and then, and not by a connection for each."""
    query = (
        "select count(*) as n from state "
        "where service_name = 'Order' and key = 'status' and value_utf8 like '%awaiting_approval%'"
    )
    deadline = time.monotonic() + PATIENCE
    while shop.server.admin.query(query)[0]["n"] < count:
        if time.monotonic() > deadline:
            raise TimeoutError(f"not {count} orders wait for approval after {PATIENCE:g} s")
        await asyncio.sleep(1)


async def awake(shop: Shop, ids: Sequence[str]) -> Level:
    """Approves each, and waits until it has shipped."""

    async def approve(order_id: str) -> None:
        await client.call(order.approve, Approval(approved=True, by="grace"), key=order_id)
        await client.attach_workflow(order.run, order_id)

    async with clients(shop, SENDERS) as client:
        return await measured(f"{len(ids)} wake up", shop, ids, SENDERS, approve)
