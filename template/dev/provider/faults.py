"""How the sandbox misbehaves when told to, for one order or for all."""

import sqlite3
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from dev.provider.ledger import Kind

EVERY_ORDER = "*"


class Fault(BaseModel):
    """What goes wrong with the requests of an order.

    Attributes:
        on: narrows all of this to one kind of request.
        decline: charges are declined at once, with 402.
        status: answer to the next `times` requests, without effect; `retry_after` is its header, in seconds.
        slow: seconds from the effect to the reply.
        lose_reply: so many requests have their effect, and then the connection breaks.
        callback: "failed" charges nobody, "duplicate" comes thrice, "late" after `callback_delay` seconds.
    """

    model_config = ConfigDict(extra="forbid")

    on: Kind | None = None
    decline: bool = False
    status: Literal[429, 503] | None = None
    times: int = Field(default=1, ge=0)
    retry_after: int | None = Field(default=None, ge=0)
    slow: float = Field(default=0.0, ge=0)
    lose_reply: int = Field(default=0, ge=0)
    callback: Literal["ok", "failed", "duplicate", "late", "none"] = "ok"
    callback_delay: float = Field(default=3.0, ge=0)


class Faults:
    """Faults by order. Callers bring the transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def put(self, order_id: str, fault: Fault) -> None:
        self._db.execute("insert or replace into faults values (?, ?)", (order_id, fault.model_dump_json()))

    def delete(self, order_id: str) -> None:
        self._db.execute("delete from faults where order_id = ?", (order_id,))

    def take(self, kind: Kind, order_id: str | None) -> Fault:
        """What goes wrong with this request; takes it off what is left of `times` or `lose_reply`."""
        found = self._db.execute(
            "select order_id, fault from faults where order_id in (?, ?) order by order_id = ? limit 1",
            (order_id, EVERY_ORDER, EVERY_ORDER),
        ).fetchone()
        fault = Fault.model_validate_json(found["fault"]) if found else Fault()
        if fault.on not in (None, kind):
            return Fault()
        busy = fault.status is not None and fault.times > 0
        if busy:
            left = fault.model_copy(update={"times": fault.times - 1})
        else:
            left = fault.model_copy(update={"lose_reply": max(0, fault.lose_reply - 1)})
        if found and left != fault:
            self.put(found["order_id"], left)
        return fault if busy else fault.model_copy(update={"status": None})
