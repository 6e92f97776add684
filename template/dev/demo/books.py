"""What the provider's ledger and the shop's stock say in the end, and what they must say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.table import Table

from dev.provider.sandbox import Entry

KINDS = {"charge": "charges", "refund": "refunds", "shipment": "shipments", "message": "mails"}


class Count(NamedTuple):
    """How often the provider was asked for something, and how often it did it."""

    requests: int
    effects: int

    def __str__(self) -> str:
        return f"requests {self.requests}, effects {self.effects}"


NEVER = Count(0, 0)
ONCE = Count(1, 1)


class Stock(NamedTuple):
    """Units of the one SKU; `before` any order."""

    before: int
    sold: int
    available: int
    reserved: int

    def __str__(self) -> str:
        return f"{self.available} available, {self.reserved} reserved"


@dataclass(frozen=True)
class Expected:
    """What an order must have come to: `counts` by kind of entry, where a missing one means never; units `sold`."""

    order_id: str
    story: str
    counts: dict[str, Count]
    sold: int


def about(entries: Sequence[Entry], order_id: str, kind: str) -> list[Entry]:
    """One per idempotency key."""
    return [entry for entry in entries if (entry.order_id, entry.kind) == (order_id, kind)]


def total(entries: Sequence[Entry]) -> Count:
    """Over all keys: a second key would be a second charge."""
    return Count(sum(entry.requests for entry in entries), sum(entry.effects for entry in entries))


def problems(expected: Sequence[Expected], entries: Sequence[Entry], stock: Stock) -> list[str]:
    """A line for each number that is not exactly as expected."""
    wrong = []
    for order in expected:
        for kind, plural in KINDS.items():
            found, right = about(entries, order.order_id, kind), order.counts.get(kind, NEVER)
            if total(found) != right:
                keys = ", ".join(entry.key for entry in found) or "none"
                wrong.append(f"{order.order_id}, {plural}: {total(found)}; expected {right} (keys: {keys})")
    sold = sum(order.sold for order in expected)
    right_stock = Stock(stock.before, sold, available=stock.before - sold, reserved=0)
    for name, number, right_number in zip(Stock._fields, stock, right_stock, strict=True):
        if number != right_number:
            wrong.append(f"stock, {name}: {number}; expected {right_number}")
    return wrong


def ledger_table(expected: Sequence[Expected], entries: Sequence[Entry]) -> Table:
    """A row per order."""
    table = Table(title="the provider's ledger: requests / effects", title_justify="left")
    table.add_column("order")
    table.add_column("story")
    for plural in KINDS.values():
        table.add_column(plural, justify="center")
    for order in expected:
        counts = [total(about(entries, order.order_id, kind)) for kind in KINDS]
        cells = [f"{found.requests} / {found.effects}" if found != NEVER else "-" for found in counts]
        table.add_row(order.order_id, order.story, *cells)
    return table


def stock_table(sku: str, stock: Stock) -> Table:
    table = Table(title=f"the stock of {sku}", title_justify="left")
    for name in Stock._fields:
        table.add_column(name, justify="center")
    table.add_row(*map(str, stock))
    return table
