"""What happened to an order, in order: by its customer, by the kills, and by the server's journals."""

import time
from datetime import datetime
from typing import NamedTuple

from dev.admin import Admin, Row, literal

POLLED = ("status",)
"""Handlers that only look."""


class Event(NamedTuple):
    """`at` is in Unix seconds; without an `order` it concerns all of them."""

    at: float
    order: str | None
    what: str


class Timeline:
    """Collects events while a storm goes on."""

    def __init__(self) -> None:
        self._began = time.time()
        self._events: list[Event] = []

    def add(self, order: str | None, what: str) -> None:
        self._events.append(Event(time.time(), order, what))

    def of(self, order_id: str, admin: Admin) -> str:
        """A line for each event and each journal entry of one order, and for the kills meanwhile."""
        own = [event for event in self._events if event.order == order_id] + journaled(order_id, admin)
        if not own:
            return "  nothing is known of it"
        first, last = min(event.at for event in own), max(event.at for event in own)
        around = [event for event in self._events if event.order is None and first - 1 <= event.at <= last + 1]
        return "\n".join(f"  {at - self._began:8.3f}  {what}" for at, _, what in sorted([*own, *around]))


def journaled(order_id: str, admin: Admin) -> list[Event]:
    """The order's invocations, and those that they called."""
    events = []
    for row in invocations_of(order_id, admin):
        name = row["target"]
        if row["status"] == "scheduled" or row["target_handler_name"] in POLLED:
            continue
        events.append(Event(unix(row["created_at"]), order_id, f"{name} begins ({row['id']})"))
        for entry in admin.journal(row["id"]):
            what = " ".join(filter(None, (entry["entry_type"], entry.get("name"))))
            if "appended_at" in entry:
                events.append(Event(unix(entry["appended_at"]), order_id, f"{name} [{entry['index']}] {what}"))
        if row["status"] == "completed":
            how = row.get("completion_failure") or row.get("completion_result", "")
            events.append(Event(unix(row["completed_at"]), order_id, f"{name} ends: {how}"))
        else:
            events.append(Event(time.time(), order_id, f"{name} is {row['status']}: {row.get('last_failure')}"))
    return events


def invocations_of(order_id: str, admin: Admin) -> list[Row]:
    """The workflow, its other handlers, and everything that one of them called, however deep."""
    found = admin.query(f"select * from sys_invocation where target_service_key = {literal(order_id)}")
    layer = found
    while layer:
        callers = ", ".join(literal(row["id"]) for row in layer)
        layer = admin.query(f"select * from sys_invocation where invoked_by_id in ({callers})")
        layer = [row for row in layer if row["id"] not in {known["id"] for known in found}]
        found = found + layer
    return found


def unix(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp).timestamp()
