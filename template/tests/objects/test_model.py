"""The inventory and the cart against a model of each: whatever many clients do at once, nothing is oversold.

Calls of one batch take effect in an order that only the server knows. So the model says what must hold of any order:
how many of them may succeed, and what is left afterwards.
"""

import base64
import functools
import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.system import PATIENCE, Lane, System

CLIENTS = 8

HISTORIES = max(5, int(os.environ.get("CASES", "0")) // 100)

quantities = st.lists(st.integers(min_value=1, max_value=4), min_size=1, max_size=CLIENTS)

picks = st.lists(st.integers(min_value=0, max_value=20), min_size=1, max_size=3)

Message = tuple[str, str, str, object]
"""Service, key, handler and body."""


class Server:
    """The real one, and many clients of it."""

    def __init__(self, system: System, http: httpx.Client, pool: ThreadPoolExecutor) -> None:
        self.system = system
        self._http = http
        self._pool = pool

    def call(self, path: str, body: object = None) -> httpx.Response:
        return self._http.post(f"{self.system.ingress_url}/{path}", json=body)

    def at_once(self, *calls: Callable[[], httpx.Response]) -> list[httpx.Response]:
        """The answers, in the order of the calls; each from a client of its own."""
        return [future.result() for future in [self._pool.submit(call) for call in calls]]

    def from_handlers(self, *messages: Message) -> list[bool]:
        """Sends to private handlers, all at once; whether each succeeded."""

        def carry(message: Message) -> Callable[[], httpx.Response]:
            service, key, handler, body = message
            parcel = {"service": service, "handler": handler, "key": key, "body": encoded(body)}
            return functools.partial(self.call, "Courier/carry", parcel)

        ids = [answer.raise_for_status().json() for answer in self.at_once(*map(carry, messages))]
        return [self._succeeds(invocation_id) for invocation_id in ids]

    def _succeeds(self, invocation_id: str) -> bool:
        answer = self._http.get(f"{self.system.ingress_url}/restate/invocation/{invocation_id}/attach")
        assert answer.status_code in (200, 409), answer.text
        return answer.status_code == 200


def encoded(body: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(body).encode()).decode()


class InventoryMachine(RuleBasedStateMachine):
    """One SKU. `held` has what each order holds, `available` what nobody does."""

    server: ClassVar[Server]

    def __init__(self) -> None:
        super().__init__()
        self.sku = f"sku-{uuid4()}"
        self.orders = 0
        self.arrived = 0
        self.gone = 0
        self.held: dict[str, int] = {}
        self.confirmed: set[str] = set()
        self.released: set[str] = set()

    @property
    def available(self) -> int:
        return self.arrived - self.gone - sum(self.held.values())

    @initialize(units=st.integers(min_value=3, max_value=10))
    def open_with_a_rush(self, units: int) -> None:
        self.restock([units])
        self.rush()

    @rule(batch=quantities)
    def restock(self, batch: list[int]) -> None:
        path = f"Inventory/{self.sku}/restock"
        calls = [functools.partial(self.server.call, path, {"quantity": quantity}) for quantity in batch]
        assert {answer.status_code for answer in self.server.at_once(*calls)} == {200}
        self.arrived += sum(batch)

    @precondition(lambda self: self.arrived > 0)
    @rule(batch=quantities)
    def reserve(self, batch: list[int]) -> None:
        self.reserve_for_each(batch)

    def reserve_for_each(self, batch: list[int]) -> None:
        """As many as there are units for, and no more; a refused one would not fit in what is left."""
        orders = {self._new_order(): quantity for quantity in batch}
        before = self.available
        won = self._each("reserve", [{"order_id": order, "quantity": units} for order, units in orders.items()])
        self.held |= {order: units for (order, units), success in zip(orders.items(), won, strict=True) if success}
        assert self.available >= 0, f"oversold: {before} were available, {batch} wanted, {won} got them"
        refused = [units for units, success in zip(batch, won, strict=True) if not success]
        assert all(units > self.available for units in refused), f"{refused} refused with {self.available} left"

    @precondition(lambda self: self.arrived > 0)
    @rule()
    def rush(self) -> None:
        """Everybody wants more than half of what there is: one gets it, if there is anything."""
        before = self.available
        self.reserve_for_each([before // 2 + 1] * CLIENTS)
        assert self.available == (before - before // 2 - 1 if before else 0)

    @rule(pick=picks)
    def reserve_again(self, pick: list[int]) -> None:
        """By several at once, and with another quantity: it changes nothing."""
        for order in self._picked(pick[:1]):
            assert all(self._each("reserve", [{"order_id": order, "quantity": 9}] * 3))

    @rule(pick=picks, handler=st.sampled_from(["confirm", "expire", "release", "shipped"]))
    def move_on(self, pick: list[int], handler: str) -> None:
        """The same thing happens to several orders, and to each of them twice, at once."""
        orders = self._picked(pick)
        assert all(self._each(handler, [*orders, *orders]))
        for order in orders:
            match handler:
                case "confirm":
                    self.confirmed.add(order)
                case "expire" if order in self.confirmed:
                    pass
                case "shipped":
                    self.gone += self.held.pop(order)
                case _:
                    del self.held[order]

    @rule(pick=picks)
    def release_while_others_reserve(self, pick: list[int]) -> None:
        """Whoever comes after the release may have its units."""
        for order in self._picked(pick[:1]):
            self._release_among_rivals(order, [self._new_order() for _ in range(3)])

    def _release_among_rivals(self, order: str, rivals: list[str]) -> None:
        units = self.held[order]
        messages: list[Message] = [("Inventory", self.sku, "release", order)]
        messages += [("Inventory", self.sku, "reserve", {"order_id": rival, "quantity": units}) for rival in rivals]
        _, *won = self.server.from_handlers(*messages)
        del self.held[order]
        self.held |= {rival: units for rival, success in zip(rivals, won, strict=True) if success}
        assert self.available >= 0, "oversold"

    @precondition(lambda self: self.arrived > 0)
    @rule()
    def release_before_it_reserves(self) -> None:
        """A compensation that overtakes its action."""
        order = self._new_order()
        assert all(self._each("release", [order, order]))
        assert not any(self._each("reserve", [{"order_id": order, "quantity": 1}] * 2))
        self.released.add(order)

    @precondition(lambda self: self.arrived > 0 and (self.available or self.held or self.released))
    @invariant()
    def agrees(self) -> None:
        level = self.server.call(f"Inventory/{self.sku}/status").raise_for_status().json()
        assert level == {"available": self.available, "reserved": sum(self.held.values())}

    def _new_order(self) -> str:
        self.orders += 1
        return f"order-{self.orders:04}"

    def _picked(self, pick: list[int]) -> list[str]:
        """Some of the orders that hold something. Who does is up to the server, and no draw may depend on that."""
        held = sorted(self.held)
        return sorted({held[index % len(held)] for index in pick}) if held else []

    def _each(self, handler: str, bodies: Sequence[object]) -> list[bool]:
        return self.server.from_handlers(*(("Inventory", self.sku, handler, body) for body in bodies))


class CartMachine(RuleBasedStateMachine):
    """One customer's cart. Its order is of a SKU that is out of stock, and ends soon."""

    server: ClassVar[Server]

    def __init__(self) -> None:
        super().__init__()
        self.key = f"cart-{uuid4()}"
        self.lines: dict[str, int] = {}
        self.checked_out = False
        self.revision = 0

    @rule(batch=st.dictionaries(st.sampled_from("abcd"), st.integers(min_value=1, max_value=9), min_size=1))
    def add(self, batch: dict[str, int]) -> None:
        lines = [{"sku": sku, "quantity": quantity, "unit_price": 1} for sku, quantity in batch.items()]
        answers = self._at_once("add", lines)
        assert set(answers) == {409 if self.checked_out else 200}
        if not self.checked_out:
            self.lines |= batch
            self.revision += len(batch)

    @rule(sku=st.sampled_from("abcd"))
    def remove(self, sku: str) -> None:
        """By three clients: one of them finds it."""
        there = sku in self.lines and not self.checked_out
        assert sorted(self._at_once("remove", [{"sku": sku}] * 3)) == [200 if there else 409, 409, 409]
        if there:
            del self.lines[sku]
            self.revision += 1

    @rule(clients=st.integers(min_value=1, max_value=CLIENTS))
    def checkout(self, clients: int) -> None:
        """However many press the button: one order."""
        allowed = bool(self.lines) and not self.checked_out
        request = {"customer": "ada@example.com", "card_token": "tok_visa"}
        answers = sorted(self._at_once("checkout", [request] * clients))
        assert answers == [200 if allowed else 409, *[409] * (clients - 1)]
        if allowed:
            self.checked_out = True
            self.revision += 1

    @rule(late=st.booleans())
    def expire(self, late: bool) -> None:
        """An expiry message forgets the cart, unless it changed since."""
        revision = self.revision - late
        self.server.from_handlers(("Cart", self.key, "expire", revision), ("Cart", self.key, "expire", revision))
        if not late:
            self.lines, self.checked_out, self.revision = {}, False, 0

    @invariant()
    def agrees(self) -> None:
        contents = self.server.call(f"Cart/{self.key}/view").raise_for_status().json()
        assert {sku: line["quantity"] for sku, line in contents["lines"].items()} == self.lines
        assert (contents["phase"], contents["revision"]) == (
            "checked_out" if self.checked_out else "open",
            self.revision,
        )

    def _at_once(self, handler: str, bodies: Sequence[object]) -> list[int]:
        path = f"Cart/{self.key}/{handler}"
        calls = [functools.partial(self.server.call, path, body) for body in bodies]
        return [answer.status_code for answer in self.server.at_once(*calls)]


@pytest.fixture
def server(lane: Lane, system_of: Callable[[Lane], System]) -> Iterator[Server]:
    with httpx.Client(timeout=PATIENCE, trust_env=False) as http, ThreadPoolExecutor(CLIENTS) as pool:
        yield Server(system_of(lane), http, pool)


@pytest.mark.parametrize("machine", [InventoryMachine, CartMachine])
def test_whatever_happens_at_once_the_model_agrees(
    server: Server, machine: type[InventoryMachine] | type[CartMachine]
) -> None:
    machine.server = server
    bounded = settings(
        deadline=None,
        database=None,
        print_blob=True,
        phases=(Phase.explicit, Phase.generate),  # who wins differs each time, so there is nothing to shrink
        max_examples=HISTORIES,
        stateful_step_count=12,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much),
    )
    run_state_machine_as_test(machine, settings=bounded)
