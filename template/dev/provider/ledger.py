"""The books: what was asked for, how often, and what came of it."""

import json
import sqlite3
from pathlib import Path
from typing import Any, Literal

Kind = Literal["charge", "refund", "shipment", "message"]

SCHEMA = """
create table if not exists entries (
    kind text, key text, order_id text, amount integer, body text,
    requests integer not null default 0,
    effects integer not null default 0,
    settled integer not null default 0,
    primary key (kind, key)
);
create table if not exists faults (
    order_id text primary key, fault text
);
create table if not exists callbacks (
    event_id text primary key, url text, body text,
    due_at real, deliveries integer, attempts integer not null default 0
);
"""


def connect(path: Path) -> sqlite3.Connection:
    """The database behind the whole sandbox; what was committed survives a `kill -9`.

    `with connection:` is a transaction.
    """
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    connection.execute("pragma journal_mode = wal")
    connection.executescript(SCHEMA)
    return connection


class Ledger:
    """An entry per kind and idempotency key. Callers bring the transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def request(self, kind: Kind, key: str, body: dict[str, Any]) -> bool:
        """Counts a request; false if the key came with another body before."""
        content = json.dumps(body, sort_keys=True)
        self._db.execute(
            "insert or ignore into entries (kind, key, order_id, amount, body) values (?, ?, ?, ?, ?)",
            (kind, key, body.get("order_id"), body.get("amount"), content),
        )
        self._db.execute("update entries set requests = requests + 1 where kind = ? and key = ?", (kind, key))
        found = self._db.execute("select body from entries where kind = ? and key = ?", (kind, key)).fetchone()
        return bool(found["body"] == content)

    def settle(self, kind: Kind, key: str, *, effect: bool = True) -> bool:
        """Does what an entry asks for; false if that was done before. Without `effect` it is closed."""
        updated = self._db.execute(
            "update entries set settled = 1, effects = effects + ? where kind = ? and key = ? and not settled",
            (effect, kind, key),
        )
        return updated.rowcount == 1

    def is_settled(self, kind: Kind, key: str) -> bool:
        return self._exists("settled", kind, key)

    def has_effect(self, kind: Kind, key: str) -> bool:
        return self._exists("effects > 0", kind, key)

    def _exists(self, condition: str, kind: Kind, key: str) -> bool:
        query = f"select 1 from entries where kind = ? and key = ? and {condition}"
        return self._db.execute(query, (kind, key)).fetchone() is not None

    def entries(self, order_id: str | None = None) -> list[dict[str, Any]]:
        """In the order of their first requests; of one order, or all."""
        rows = self._db.execute(
            "select kind, key, order_id, amount, effects, requests from entries "
            "where ? is null or order_id = ? order by rowid",
            (order_id, order_id),
        )
        return [dict(row) for row in rows]
