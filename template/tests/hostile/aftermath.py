"""What must hold of the service after an attack."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from dev.admin import Admin, AdminError, Row, literal
from dev.process import NotInTime, wait_until
from tests import probe
from tests.hostile.corpus import CANARY, SECRET_NAME
from tests.system import System

PATIENCE = 60.0

WAITS_SECONDS = 3.0
"""So long an invocation may wait for somebody outside, whom an attack does not have, before it is cancelled."""

LOOK_SECONDS = 0.5


@contextmanager
def waits_cut_short(system: System) -> Iterator[None]:
    """Meanwhile, cancels each invocation that only waits: its caller gets a 409, and it compensates.

    One that fails, or whose own call does, is left to be found.
    """
    over = threading.Event()

    def look() -> None:
        admin, seen = Admin(system.admin_url), Counter[tuple[str, int]]()
        while not over.wait(LOOK_SECONDS):
            with suppress(AdminError):
                now = [(row["id"], row.get("journal_size", 0)) for row in only_waiting(admin.unfinished())]
                seen = Counter({wait: seen[wait] + 1 for wait in now})
                for id, _ in (wait for wait in now if seen[wait] == WAITS_SECONDS // LOOK_SECONDS):
                    admin.invocation_action("cancel", id)
        admin.close()

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield
    finally:
        over.set()
        looking.join()


def only_waiting(unfinished: list[Row]) -> list[Row]:
    """Those that have begun, did not fail, and wait for no call of their own."""
    callers = {row.get("invoked_by_id") for row in unfinished}
    return [
        row
        for row in unfinished
        if row["status"] in ("running", "suspended") and not row.get("last_failure") and row["id"] not in callers
    ]


def everything_ends(system: System) -> None:
    """Waits until no invocation is left that runs, waits or is retried.

    What was asked for later is called off first: a timetable with garbage in it would go on for ever.

    Raises:
        AssertionError: something is left; names it.
    """
    left: list[Row] = []

    def none_left() -> bool:
        unfinished = system.server.admin.unfinished()
        for row in unfinished:
            if row["status"] == "scheduled":
                with suppress(AdminError):  # it is gone already
                    system.server.admin.invocation_action("kill", row["id"])
        left[:] = [row for row in unfinished if row["status"] != "scheduled"]
        return not unfinished

    try:
        wait_until(none_left, "no invocation is left unfinished", PATIENCE)
    except NotInTime as error:
        lines = [f"{row['target']} ({row['id']}) is {row['status']}: {row.get('last_failure')}" for row in left]
        raise AssertionError("\n".join([str(error), *lines])) from error


def leaks(system: System) -> list[str]:
    """Where a secret can be read that should not be: the app's log, and the failures that the server keeps."""
    secrets = [CANARY, *system.secrets()]
    found = [
        f"the app's log: {line}" for line in system.log().splitlines() if any(secret in line for secret in secrets)
    ]
    for secret in secrets:
        like = literal(f"%{secret}%")
        for table, column in (("sys_invocation", "completion_failure"), ("sys_journal_events", "event_json")):
            rows = system.server.admin.query(f"select id, {column} from {table} where {column} like {like}")
            found += [f"{table}, {row['id']}: {row[column]}" for row in rows]
    return found


def marked(value: Any) -> Any:
    """The same document, with the canary in each string that is named like a secret."""
    if isinstance(value, dict):
        return {
            name: CANARY if isinstance(inner, str) and SECRET_NAME.search(str(name)) else marked(inner)
            for name, inner in value.items()
        }
    return [marked(inner) for inner in value] if isinstance(value, list) else value


def finished_badly(system: System) -> dict[str, str]:
    """Failures that are our fault, by invocation: of the project's own handlers, and not with a 4xx.

    What was sent one-way has no answer, so this is where a 500 shows.
    """
    services = ", ".join(map(literal, probe.NAMES))
    rows = system.server.admin.query(
        "select id, target, completion_failure from sys_invocation where completion_result = 'failure' "
        f"and completion_failure not like '[4%' and target_service_name not in ({services})"
    )
    return {row["id"]: f"{row['target']}: {row['completion_failure']}" for row in rows}
