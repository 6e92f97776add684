"""One customer's view of the shop, for tests: a fresh SKU and order id each, so that tests run side by side."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest

from dev.provider.sandbox import SECRET
from durable import InvocationFailed
from durable.client import Sent
from gateways.signatures import sign
from objects import inventory
from objects.inventory import Restock, StockLevel
from tests.system import System, eventually
from workflows import order
from workflows.order import Approval, Line, OrderStatus, PlaceOrder, Receipt, State

PRICE = 1_200
LARGE = 200_000
"""A price above the approval limit."""


@dataclass
class Shop:
    system: System
    sku: str = field(default_factory=lambda: f"sku-{uuid4()}")
    order_id: str = field(default_factory=lambda: f"order-{uuid4()}")

    def an_order(self, quantity: int = 1, price: int = PRICE) -> PlaceOrder:
        line = Line(sku=self.sku, quantity=quantity, unit_price=price)
        return PlaceOrder(customer="ada@example.com", lines=[line], card_token="tok_visa")

    async def stocked(self, quantity: int = 5) -> None:
        await self.system.client.call(inventory.restock, Restock(quantity=quantity), key=self.sku)

    async def level(self) -> StockLevel:
        return await self.system.client.call(inventory.status, key=self.sku)

    async def place(self, placed: PlaceOrder | None = None) -> Receipt:
        return await self.system.client.call(order.run, placed or self.an_order(), key=self.order_id)

    async def submit(self, placed: PlaceOrder | None = None) -> Sent:
        return await self.system.client.send(order.run, placed or self.an_order(), key=self.order_id)

    async def receipt(self) -> Receipt:
        return await self.system.client.attach_workflow(order.run, self.order_id)

    async def failure(self) -> InvocationFailed:
        """How the order fails; the test fails if it does not."""
        with pytest.raises(InvocationFailed) as failed:
            await self.receipt()
        return failed.value

    async def status(self) -> OrderStatus:
        return await self.system.client.call(order.status, key=self.order_id)

    async def reaches(self, state: State) -> None:
        async def there() -> bool:
            try:
                return (await self.status()).state == state
            except InvocationFailed as error:
                if error.status == 404:
                    return False
                raise

        await eventually(there, f"order {self.order_id} is {state}")

    async def approve(self, approved: bool = True) -> None:
        await self.system.client.call(order.approve, Approval(approved=approved, by="grace"), key=self.order_id)

    async def provider_is(self, **fault: Any) -> None:
        """Makes the sandbox misbehave for this order; switches as in dev/provider."""
        await self.system.sandbox_request("PUT", f"/faults/{self.order_id}", json=fault)

    async def ledger(self) -> list[dict[str, Any]]:
        response = await self.system.sandbox_request("GET", f"/ledger?order_id={self.order_id}")
        entries: list[dict[str, Any]] = response.json()["entries"]
        return entries

    async def effects(self) -> dict[str, int]:
        """How often each kind of effect happened for this order, by the provider's own books."""
        counted: dict[str, int] = {}
        for entry in await self.ledger():
            if entry["effects"]:
                counted[entry["kind"]] = counted.get(entry["kind"], 0) + entry["effects"]
        return counted

    async def charge_key(self) -> str:
        return next(str(entry["key"]) for entry in await self.ledger() if entry["kind"] == "charge")

    async def deliver(self, body: bytes, *, timestamp: int, secret: str = SECRET) -> httpx.Response:
        """Posts a callback as the provider does, signed with our secret unless told otherwise."""
        headers = {
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(body, secret=secret, timestamp=timestamp),
            "content-type": "application/json",
        }
        return await self.system.http.post(f"{self.system.ingress_url}/Webhooks/payment", content=body, headers=headers)


@pytest.fixture
def shop(system: System) -> Shop:
    """The shop on a real server, in both lanes."""
    return Shop(system)
