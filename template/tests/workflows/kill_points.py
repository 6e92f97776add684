"""Kill points: the entries of an invocation's journal, each as a moment at which the service dies."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dev.admin import Row, literal
from tests.system import System
from tests.workflows.killable import Stop

REPORTED = "Notification: Signal"
"""What the provider reports; when it comes is up to the provider."""

ASSIGNED = "Notification: CallInvocationId"
"""Comes with the call, in one transaction of the server: nobody can die between the two."""


@dataclass(frozen=True)
class Entry:
    """An entry of a journal, equal to its like in the journal of another order: without ids and values."""

    type: str
    what: str

    def __str__(self) -> str:
        return f"{self.type} ({self.what})" if self.what else self.type

    @property
    def is_command(self) -> bool:
        return self.type.startswith("Command: ")

    @property
    def is_call(self) -> bool:
        return self.type in ("Command: Call", "Command: OneWayCall")

    @property
    def is_step(self) -> bool:
        return self.type == "Command: Run"


@dataclass(frozen=True)
class KillPoint:
    """Right after an entry; `before` are this entry and those before it."""

    index: int
    before: tuple[Entry, ...]

    @property
    def entry(self) -> Entry:
        return self.before[-1]

    def __str__(self) -> str:
        return f"killed after entry {self.index}, {self.entry}"

    def reached(self, journal: Sequence[Entry]) -> bool:
        """Whether a journal has this entry, and each command before it; completions may overtake one another."""
        commands = Counter(entry for entry in self.before if entry.is_command)
        return self.entry in journal and not commands - Counter(journal)

    def missed(self, journal: Sequence[Entry]) -> list[Entry]:
        """What is in a journal that should not be there yet."""
        late = Counter(journal) - Counter(self.before)
        return [entry for entry in late.elements() if entry.type not in (ASSIGNED, REPORTED)]

    def stop(self, order_id: str) -> Stop:
        commands = sum(entry.is_command for entry in self.before)
        count = sum(entry.type == self.entry.type for entry in self.before)
        return Stop(order_id=order_id, commands=commands, type=self.entry.type, count=count)


async def journal_of(system: System, invocation_id: str) -> list[Entry]:
    """Without values, which would be read and sent some twenty times per order."""
    where = f"where id = {literal(invocation_id)} order by index"
    rows = await system.query(f"select entry_type, entry_lite_json from sys_journal {where}")
    return [Entry(row["entry_type"], _what(row)) for row in rows]


def kill_points(journal: Sequence[Entry]) -> list[KillPoint]:
    return [KillPoint(index, tuple(journal[: index + 1])) for index in range(len(journal))]


def _what(row: Row) -> str:
    """Which step, handler, state or promise; of a completion, by its number, which command it completes and how."""
    (found,) = json.loads(row["entry_lite_json"]).values()
    if "id" in found:
        ((kind, index),) = found["id"].items()
        return f"{kind} {index}: {found['result']}"
    (command,) = found.values()
    if "invocation_target" in command:
        (target,) = command["invocation_target"].values()
        return f"{target['name']}/{target['handler']}"
    return str(command.get("name") or command.get("key") or command.get("result") or "")
