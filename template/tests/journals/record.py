"""`make journals`: records each scenario's journal anew, on a real server, for tests/test_journals.py to replay.

A scenario is a function in a module `tests/journals/*_scenarios.py` that brings an invocation somewhere and returns
its id. It is named after its function, and so is the file. Scenarios hold invented data only, which is why they are
kept whole; what is saved from any other server is redacted, and belongs into no repository.
"""

import argparse
import asyncio
import importlib
import inspect
import sys
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path

from guidelines.replay import files
from guidelines.replay.admin import Admin
from guidelines.replay.journal import Journal
from tests import system
from tests.system import System, eventually

FOLDER = Path(__file__).parent

Scenario = Callable[[System], Awaitable[str]]

PATIENT = {"ORDER_PAYMENT_DEADLINE": "3600", "ORDER_APPROVAL_DEADLINE": "3600"}
"""What waits is to wait until it has been recorded; tests are in more of a hurry."""


def scenarios() -> dict[str, Scenario]:
    """Every scenario, by name: the public coroutine functions that its module itself defines."""
    found: dict[str, Scenario] = {}
    for path in sorted(FOLDER.glob("*_scenarios.py")):
        module = importlib.import_module(f"tests.journals.{path.stem}")
        for name, value in vars(module).items():
            own = getattr(value, "__module__", "") == module.__name__
            if own and not name.startswith("_") and inspect.iscoroutinefunction(value):
                found[name] = value
    return found


async def recorded(system: System, scenario: Scenario) -> Journal:
    """The journal of what a scenario began, once nothing is added to it any more."""
    invocation_id = await scenario(system)
    admin = Admin(system.admin_url)
    seen: list[Journal | None] = [None]

    async def stands() -> bool:
        before, seen[0] = seen[0], admin.journal(invocation_id)
        return seen[0] is not None and bool(seen[0].entries) and seen[0] == before

    await eventually(stands, f"the journal of {invocation_id} stands still")
    assert seen[0] is not None
    return seen[0]


async def _record(system: System, names: list[str]) -> None:
    chosen = scenarios()
    async with system.connected():
        for name in names or chosen:
            journal = await recorded(system, chosen[name])
            path = files.save(journal, FOLDER, name)
            print(f"{path.relative_to(FOLDER.parents[1])}  {journal.target}, {len(journal.entries)} entries")


def main() -> int:
    parser = argparse.ArgumentParser(prog="make journals", description="Records the journals of scenarios anew.")
    parser.add_argument("scenario", nargs="*", help="which ones (default: all)")
    names: list[str] = parser.parse_args().scenario
    if not scenarios():
        print("there are no scenarios yet: tests/journals/record.py says what one is", file=sys.stderr)
        return 2
    if unknown := sorted(set(names) - scenarios().keys()):
        print(f"there is no scenario {', '.join(unknown)} in tests/journals/*_scenarios.py", file=sys.stderr)
        return 2
    system.FAST.update(PATIENT)
    with ExitStack() as processes:
        asyncio.run(_record(System("normal", processes), names))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
