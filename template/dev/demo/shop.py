"""The shop in processes of its own, beside `make dev`, and what the stories do with it."""

import os
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager, closing
from pathlib import Path

import httpx

from dev import restate_server
from dev.admin import AdminError, Row
from dev.demo.books import Stock
from dev.demo.deadlines import eventually, in_time
from dev.errors import DevError
from dev.ports import free_port
from dev.process import Process
from dev.provider.sandbox import Entry, Sandbox
from dev.restate_server import Server
from dev.service import start_service
from durable import Client, InvocationFailed
from objects import inventory
from objects.inventory import Restock
from workflows import order
from workflows.order import Approval, Line, PlaceOrder, Receipt, State

SKU = "teapot"
APPROVAL_LIMIT = 100_000
"""In minor units (cents)."""

EVIDENCE_LINES = 8


class Unexpected(DevError):
    """The story took another turn."""


class Shop:
    """The parts that `opened` starts, and the service, which it starts itself, since the story kills it.

    Each method raises `NotInTime` for what does not happen, and `InvocationFailed` for an answer that is an error.
    """

    def __init__(
        self, server: Server, sandbox: Sandbox, client: Client, directory: Path, settings: Mapping[str, str]
    ) -> None:
        self.server = server
        self.sandbox = sandbox
        self.client = client
        self._database = directory / "shop.db"
        self._log = directory / "service.log"
        self._settings = settings
        self._port = free_port()
        self._in_stock_before: dict[str, int] = {}
        self.service = self._start()

    # ------------------------------------------------------------------ the service's process

    def _start(self) -> Process:
        environment = {
            "DATABASE_URL": f"sqlite+aiosqlite:///{self._database}",
            "ENV_FILE": os.devnull,
            "ORDER_APPROVAL_LIMIT": str(APPROVAL_LIMIT),
            # while the service is down the wait between attempts doubles, and nobody likes to watch that
            "RETRY_MAX_INTERVAL": "0.5",
            **self._settings,
        }
        environment.update(self.sandbox.app_environment(self.server.ingress_url))
        return start_service(self.server, self._port, log=self._log, environment=environment)

    def register(self) -> str:
        """Tells the server where the service is; returns the deployment's id."""
        return self.server.register(self.server.app_url(self._port))

    def restart(self) -> None:
        """Starts a new process in place of one that was killed, with the same code: nothing to register."""
        self.service = self._start()

    # ------------------------------------------------------------------ what people do

    async def restock(self, quantity: int, sku: str = SKU) -> None:
        level = await in_time(self.client.call(inventory.restock, Restock(quantity=quantity), key=sku), "a restock")
        self._in_stock_before[sku] = level.available

    async def place(self, order_id: str, *, quantity: int, unit_price: int) -> str:
        """Submits an order and returns its invocation id; the price is in minor units."""
        line = Line(sku=SKU, quantity=quantity, unit_price=unit_price)
        placed = PlaceOrder(customer="ada@example.com", lines=[line], card_token="tok_visa")
        sent = await in_time(self.client.send(order.run, placed, key=order_id), f"{order_id} is accepted")
        return sent.invocation_id

    async def receipt(self, order_id: str) -> Receipt:
        """Waits until an order has shipped."""
        return await in_time(self.client.attach_workflow(order.run, order_id), f"{order_id} ships")

    async def failure(self, order_id: str) -> InvocationFailed:
        """Waits until an order has failed, and has compensated.

        Raises:
            Unexpected: it shipped.
        """
        try:
            receipt = await in_time(self.client.attach_workflow(order.run, order_id), f"{order_id} fails")
        except InvocationFailed as failure:
            return failure
        raise Unexpected(f"{order_id} should have failed, but shipped as {receipt.tracking}")

    async def reaches(self, order_id: str, state: State) -> None:
        async def there() -> bool:
            try:
                return (await self.client.call(order.status, key=order_id)).state == state
            except InvocationFailed as error:
                if error.status == 404:  # accepted, and not begun
                    return False
                raise

        await eventually(there, f"{order_id} is {state}")

    async def approve(self, order_id: str, by: str) -> None:
        approval = Approval(approved=True, by=by)
        await in_time(self.client.call(order.approve, approval, key=order_id), f"the approval of {order_id}")

    # ------------------------------------------------------------------ what came of it

    async def charge_received(self, order_id: str) -> Entry:
        """Waits until the provider has got the request for a charge, whether or not it has answered."""

        async def there() -> bool:
            return bool(self.charges(order_id))

        await eventually(there, f"the provider receives the charge of {order_id}")
        return self.charges(order_id)[0]

    def charges(self, order_id: str) -> list[Entry]:
        """The provider's entries about an order's charges: one per idempotency key."""
        return [entry for entry in self.sandbox.entries(order_id) if entry.kind == "charge"]

    async def settled(self, order_id: str) -> None:
        """Waits until what an order sent one-way is done too, and nothing else runs; its mail comes last."""

        async def there() -> bool:
            told = any(entry.kind == "message" for entry in self.sandbox.entries(order_id))
            return told and not self.unfinished()

        await eventually(there, f"the customer of {order_id} is told, and nothing runs any more")

    async def stock(self, sku: str = SKU) -> Stock:
        """By the inventory object, and for what was sold by the shop's database."""
        level = await in_time(self.client.call(inventory.status, key=sku), "the stock")
        with closing(sqlite3.connect(self._database)) as database:
            row = database.execute("select quantity from sales_by_sku where sku = ?", (sku,)).fetchone()
        return Stock(self._in_stock_before.get(sku, 0), row[0] if row else 0, level.available, level.reserved)

    def unfinished(self) -> list[Row]:
        """All but what is scheduled for later, such as the end of a reservation."""
        return [row for row in self.server.admin.unfinished() if row["status"] != "scheduled"]

    def evidence(self) -> str:
        """Why something may not have happened: what the service said last, and what is unfinished."""
        try:
            unfinished = [
                f"{row['target']} ({row['id']}) is {row['status']}: {row.get('last_failure', 'no failure')}"
                for row in self.unfinished()
            ]
        except (AdminError, httpx.HTTPError) as error:
            unfinished = [f"the Restate server cannot say what is unfinished: {error!r}"]
        said = ["the service said last:", self.service.tail(EVIDENCE_LINES), ""]
        return "\n".join(said + (unfinished or ["nothing is unfinished"]))


@asynccontextmanager
async def opened(directory: Path, settings: Mapping[str, str] | None = None) -> AsyncIterator[Shop]:
    """A shop on free ports that writes to `directory` only; its processes end with the block.

    `settings` are more of the service's environment.

    Raises:
        DevError: a process does not come up.
    """
    with ExitStack() as processes:
        server = processes.enter_context(restate_server.start())
        if server.kind == "running":
            raise DevError(
                "the demo leaves a deployment behind that is gone afterwards, so it needs a Restate server of its own: "
                "set RESTATE_TEST_SERVER to docker or native"
            )
        sandbox = processes.enter_context(Sandbox(directory))
        async with httpx.AsyncClient(timeout=None, trust_env=False) as http:
            shop = Shop(server, sandbox, Client(http, server.ingress_url, server.admin_url), directory, settings or {})
            processes.callback(lambda: shop.service.kill())
            yield shop
