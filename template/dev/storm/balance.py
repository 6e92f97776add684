"""Whether it all adds up: every order in one legal state, the money, the stock, the sales, and nothing left over."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from rich.table import Table

from dev.admin import Admin
from dev.demo.books import KINDS, Stock
from dev.provider.sandbox import Entry
from dev.storm.customers import End
from dev.storm.plan import TIMEOUT, Plan
from dev.storm.timeline import unix


class Problem(NamedTuple):
    """What is wrong, and with which order; without one it is wrong as a whole."""

    order: str | None
    what: str


class Balance(NamedTuple):
    """`stock` by SKU, when all has come to rest."""

    plan: Plan
    ends: Sequence[End]
    entries: Sequence[Entry]
    stock: dict[str, Stock]

    @property
    def shipped(self) -> list[End]:
        return [end for end in self.ends if end.status == 200]

    def effects(self, kind: str) -> int:
        return sum(entry.effects for entry in self.entries if entry.kind == kind)

    @property
    def charged(self) -> int:
        """Minor units taken from customers, refunds or not."""
        return sum((entry.amount or 0) * entry.effects for entry in self.entries if entry.kind == "charge")

    @property
    def refunded(self) -> int:
        """Minor units given back. A refund names an order, which has one charge."""
        amounts = {end.id: end.order.amount for end in self.ends}
        refunds = [entry for entry in self.entries if entry.kind == "refund"]
        return sum(amounts.get(entry.order_id or "", 0) * entry.effects for entry in refunds)

    def problems(self) -> list[Problem]:
        return [*self._orders(), *self._money(), *self._stock(), *self._worth()]

    def _orders(self) -> list[Problem]:
        counts: dict[tuple[str, str], int] = defaultdict(int)
        for entry in self.entries:
            counts[entry.order_id or "?", entry.kind] += entry.effects
        found = [Problem(None, f"the provider knows {id}, which nobody placed") for id in self._strangers()]
        for end in self.ends:
            found += [Problem(end.id, what) for what in self._end(end)]
            for kind, right in self._right(end, counts[end.id, "charge"]).items():
                if counts[end.id, kind] != right:
                    what = f"{KINDS[kind]} {counts[end.id, kind]}; expected {right} of an order that ended {end.status}"
                    found.append(Problem(end.id, what))
        return found

    def _strangers(self) -> list[str | None]:
        known = {end.id for end in self.ends}
        return sorted({entry.order_id for entry in self.entries} - known, key=str)

    @staticmethod
    def _right(end: End, charged: int) -> dict[str, int]:
        """Effects by kind; what was charged in vain goes back, once."""
        if end.status == 200:
            return {"charge": 1, "refund": 0, "shipment": 1, "message": 1}
        return {"charge": min(charged, 1), "refund": min(charged, 1), "shipment": 0, "message": 1}

    @staticmethod
    def _end(end: End) -> list[str]:
        found = []
        if end.status not in end.order.legal:
            legal = ", ".join(map(str, sorted(end.order.legal)))
            found.append(f"ended with {end.status} {end.message}; as {end.order.course} it may end with {legal}")
        if (end.status == 200) != (end.state == "shipped") or end.state not in ("shipped", "failed", "cancelled"):
            found.append(f"ended with {end.status}, and says of itself that it is {end.state}")
        if end.status == 200 and end.amount != end.order.amount:
            found.append(f"the receipt says {end.amount}; expected {end.order.amount}")
        return found

    def _money(self) -> list[Problem]:
        worth = sum(end.order.amount for end in self.shipped)
        kept = self.charged - self.refunded
        return [] if kept == worth else [Problem(None, f"{kept} was kept of what was charged; {worth} was shipped")]

    def _stock(self) -> list[Problem]:
        sold: dict[str, int] = defaultdict(int)
        for end in self.shipped:
            for line in end.order.lines:
                sold[line.sku] += line.quantity
        found = []
        for sku, before in self.plan.stock.items():
            right = Stock(before, sold[sku], available=before - sold[sku], reserved=0)
            if self.stock[sku] != right:
                found.append(Problem(None, f"{sku}: {self.stock[sku]._asdict()}; expected {right._asdict()}"))
        return found

    def _worth(self) -> list[Problem]:
        """An end that is always legal proves little if it becomes the rule."""
        hopeful = [end for end in self.ends if end.order.course in ("ships", "approved")]
        late = sum(end.status == TIMEOUT for end in hopeful)
        if late * 2 <= len(hopeful):
            return []
        return [
            Problem(None, f"{late} of {len(hopeful)} orders that should ship were too late: is the machine too slow?")
        ]

    def tables(self) -> list[Table]:
        """Orders by course and end; then the sums."""
        ends = sorted({end.status for end in self.ends})
        orders = Table(title="orders by course, and how they ended", title_justify="left")
        orders.add_column("course")
        for status in ends:
            orders.add_column("shipped" if status == 200 else str(status), justify="right")
        for course in sorted({end.order.course for end in self.ends}):
            counts = [sum((end.order.course, end.status) == (course, status) for end in self.ends) for status in ends]
            orders.add_row(course, *(str(count or "-") for count in counts))
        sums = Table(title="balance", title_justify="left")
        for name in ("", "orders", "cents", "units"):
            sums.add_column(name, justify="right" if name else "left")
        units = sum(line.quantity for end in self.shipped for line in end.order.lines)
        sums.add_row("charged", str(self.effects("charge")), str(self.charged), "")
        sums.add_row("refunded", str(self.effects("refund")), str(self.refunded), "")
        sums.add_row("shipped", str(len(self.shipped)), str(sum(end.order.amount for end in self.shipped)), str(units))
        left = sum(stock.available for stock in self.stock.values())
        sums.add_row("stock gone", "", "", str(sum(self.plan.stock.values()) - left))
        sums.add_row("reserved", "", "", str(sum(stock.reserved for stock in self.stock.values())))
        return [orders, sums]


def of_the_server(admin: Admin) -> list[Problem]:
    """What only the server knows: replays that differ, callbacks refused, and what comes after an order's end."""
    found = [Problem(None, f"{one.target} does not replay: {one.message}") for one in admin.mismatches()]
    return found + refused(admin) + resolved_in_vain(admin)


def refused(admin: Admin) -> list[Problem]:
    """Callbacks that were not taken: the provider has nobody else to tell."""
    rows = admin.query(
        "select id, completion_failure from sys_invocation "
        "where target = 'Webhooks/payment' and completion_result = 'failure'"
    )
    called = admin.query(
        "select invoked_by_id, target_service_key from sys_invocation where target_handler_name = 'payment_settled'"
    )
    order_of = {row["invoked_by_id"]: row["target_service_key"] for row in called}
    return [
        Problem(
            order_of.get(row["id"]), f"the provider's callback {row['id']} was refused: {row['completion_failure']}"
        )
        for row in rows
    ]


def resolved_in_vain(admin: Admin) -> list[Problem]:
    """Callbacks that resolved the awakeable of an order that had ended: it took them for news."""
    orders = admin.query(
        "select target_service_key, completed_at from sys_invocation "
        "where target_service_name = 'Order' and target_handler_name = 'run' and status = 'completed'"
    )
    ended = {row["target_service_key"]: unix(row["completed_at"]) for row in orders}
    handlers = admin.query(
        "select id, target_service_key from sys_invocation where target_handler_name = 'payment_settled'"
    )
    order_of = {row["id"]: row["target_service_key"] for row in handlers}
    resolved = admin.query("select id, appended_at from sys_journal where entry_type = 'Command: CompleteAwakeable'")
    return [
        Problem(order_of[row["id"]], f"its awakeable was resolved by {row['id']} after it had ended")
        for row in resolved
        if row["id"] in order_of and unix(row["appended_at"]) > ended.get(order_of[row["id"]], float("inf"))
    ]
