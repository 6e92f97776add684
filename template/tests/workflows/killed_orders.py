"""Orders during which the service dies, and what they come to.

At the entry of a step, it dies when that hurts most: the step has been executed, and its result is lost.
"""

import json
import os
import signal
import sqlite3
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from dev.admin import literal
from dev.process import wait_until
from dev.provider.app import number
from durable import InvocationFailed
from tests.shop import LARGE, Shop
from tests.system import System, eventually
from tests.workflows.kill_points import Entry, KillPoint, journal_of
from tests.workflows.killable import Stop
from workflows import order
from workflows.order import Approval

SETTINGS = {
    "ORDER_PAYMENT_DEADLINE": "60",
    "ORDER_APPROVAL_DEADLINE": "60",
    "RETRY_MAX_INTERVAL": "0.05",
    "RETRY_MAX_ATTEMPTS": "1000",
    # the service is forked, and in a fork macOS must not be asked for its proxies
    "NO_PROXY": "*",
    # it speaks no TLS here, and each life would begin with reading the certificates of all authorities, three times
    "SSL_CERT_FILE": "",
    "SSL_CERT_DIR": os.devnull,
}

WAITS_FOR_APPROVAL = "deadline: the approval"


@dataclass(frozen=True)
class Outcome:
    """What an order came to. Leaves out ids, and the order of completions, which depends on who is faster."""

    result: str
    status: str
    effects: dict[str, list[int]]
    stock: str
    sales: list[tuple[int, ...]]
    commands: list[Entry]
    completions: dict[Entry, int]

    def differences(self, other: "Outcome") -> list[str]:
        """A line for each part that is another."""
        pairs = ((field.name, getattr(self, field.name), getattr(other, field.name)) for field in fields(self))
        return [f"{name}: {theirs} instead of {ours}" for name, ours, theirs in pairs if ours != theirs]


class KillableSystem(System):
    """A server of its own, with a service that is there to be killed."""

    def __init__(self, processes: ExitStack, directory: Path) -> None:
        self._point, self._diary = directory / "point", directory / "diary"
        self._diary.touch()
        settings = SETTINGS | {"KILL_POINT": str(self._point), "KILL_DIARY": str(self._diary)}
        super().__init__("normal", processes, module="tests.workflows.killable", settings=settings)

    def stop_at(self, stop: Stop) -> None:
        self._point.write_text(stop.model_dump_json())

    def kill(self) -> int:
        """SIGKILL; returns the pid, once it is dead. The next process stops nowhere.

        Raises:
            AssertionError: it ended another way.
        """
        self._point.unlink()
        pid: int = [note["pid"] for note in self.diary()][-1]
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: self._end_of(pid) is not None, f"process {pid} is dead")
        assert self._end_of(pid) == -signal.SIGKILL, f"process {pid} ended with {self._end_of(pid)}"
        return pid

    def _end_of(self, pid: int) -> int | None:
        return next((note["ended"] for note in self.diary() if note["pid"] == pid and "ended" in note), None)

    async def stuck(self) -> list[str]:
        """A line for each invocation that has not ended."""
        return [
            f"{row['target']} is {row['status']}: {row.get('last_failure', 'nothing failed')}"
            for row in await self.unfinished()
        ]

    def diary(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._diary.read_text().splitlines()]


class Order:
    """A large order, which waits for a person's decision and gets it. With a kill point, the service dies there."""

    def __init__(self, system: KillableSystem, *, approved: bool, point: KillPoint | None = None) -> None:
        self.system = system
        self.shop = Shop(system)
        self.point = point
        self.approved = approved
        self.decided = False
        self.killed: int | None = None
        self.journal_at_death: list[Entry] = []
        self.journal_at_end: list[Entry] = []

    @property
    def id(self) -> str:
        return self.shop.order_id

    async def journal(self) -> list[Entry]:
        return await journal_of(self.system, self.invocation_id)

    async def run(self) -> Outcome:
        """Places it, and does what is due to it until nothing is left to do.

        Raises:
            AssertionError: it does not end, or not all is well with its journal.
        """
        if self.point:
            self.system.stop_at(self.point.stop(self.id))
        await self.shop.stocked()
        self.invocation_id = (await self.shop.submit(self.shop.an_order(price=LARGE))).invocation_id
        await eventually(self._over, f"order {self.id} is over")
        return await self._outcome()

    async def _over(self) -> bool:
        journal = await self.journal()
        if self.killed:
            self._assert_no_mismatch(self.invocation_id)
        elif self.point and self.point.reached(journal) and self._has_lost_its_step():
            self.journal_at_death = journal
            self.killed = self.system.kill()
            assert not (missed := self.point.missed(journal)), f"killed too late: there is {missed} already"
        if not self.decided and WAITS_FOR_APPROVAL in [entry.what for entry in journal]:
            self.decided = True
            approval = Approval(approved=self.approved, by="grace")
            await self.system.client.send(order.approve, approval, key=self.id)
        if journal[-1].type != "Command: Output" or not await self._all_has_ended():
            return False
        self._assert_no_mismatch()
        return True

    async def _all_has_ended(self) -> bool:
        """The order, and what it has called or sent, which may be on its way while nothing is unfinished."""
        with_it = f"id = {literal(self.invocation_id)} or invoked_by_id = {literal(self.invocation_id)}"
        rows = await self.system.query(f"select status from sys_invocation where {with_it}")
        calls = [entry for entry in await self.journal() if entry.is_call]
        completed = [row["status"] for row in rows] == ["completed"] * (1 + len(calls))
        return completed and not await self.system.unfinished()

    def _has_lost_its_step(self) -> bool:
        """At a step, whether it has been executed, and its result withheld."""
        lost = any("lost" in note for note in self.system.diary() if note.get("order_id") == self.id)
        return lost or self.point is None or not self.point.entry.is_step

    def _assert_no_mismatch(self, invocation_id: str | None = None) -> None:
        for mismatch in self.system.server.admin.mismatches(invocation_id):
            raise AssertionError(f"{mismatch.target} replays another way than its journal: {mismatch.message}")

    async def _outcome(self) -> Outcome:
        journal = self.journal_at_end = await self.journal()
        ledger = await self.shop.ledger()
        status = await self.shop.status()
        effects: dict[str, list[int]] = {}
        for entry in ledger:
            effects.setdefault(entry["kind"], []).append(entry["effects"])
        with sqlite3.connect(self.system.directory / "shop.db") as database:
            query = "select quantity, amount, version from sales_by_sku where sku = ?"
            sales = database.execute(query, (self.shop.sku,)).fetchall()
        return Outcome(
            result=await self._result(ledger),
            status=f"{status.state}, {status.reason}",
            effects=effects,
            stock=str(await self.shop.level()),
            sales=sales,
            commands=[entry for entry in journal if entry.is_command],
            completions=Counter(entry for entry in journal if not entry.is_command),
        )

    async def _result(self, ledger: list[dict[str, Any]]) -> str:
        try:
            receipt = await self.shop.receipt()
        except InvocationFailed as failed:
            return f"{failed.status} {failed.message}"
        tracking = [number("trk", entry["key"]) for entry in ledger if entry["kind"] == "shipment"]
        whose = "its own" if receipt.order_id == self.id else receipt.order_id
        parcel = "its own" if [receipt.tracking] == tracking else receipt.tracking
        return f"order: {whose}, parcel: {parcel}, amount: {receipt.amount}"

    def deaths(self) -> list[str]:
        """What is wrong with its death: there was none, or what came after it did not begin where it left off."""
        if not self.killed:
            return ["its journal never came to this entry"]
        before = len(self.journal_at_death)
        if self.journal_at_end[:before] != self.journal_at_death:
            return [f"its journal began anew: {self.journal_at_end[:before]} instead of {self.journal_at_death}"]
        diary = self.system.diary()
        death = next(at for at, note in enumerate(diary) if note["pid"] == self.killed and "ended" in note)
        replays = [note["entries"] for note in diary[death:] if note.get("order_id") == self.id and "entries" in note]
        if replays and replays[0] >= before:
            return []
        return [f"of {before} entries, the attempts after it were given {replays}"]
