"""Sixteen changes of code, with five invocations in flight: what the command says of each, and what the server says."""

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from dev.admin import Row
from dev.restate_server import Server
from guidelines.replay import command, files
from guidelines.replay.admin import Admin
from guidelines.replay.command import Judged
from guidelines.replay.verdict import Kind, Verdict
from tests.guidelines.replay.serving import Serving, app_of, eventually

ORIGINAL = """
import random
from datetime import timedelta

import restate
from pydantic import BaseModel
from restate import InvocationRetryPolicy


class Request(BaseModel):
    user: str
    amount: int


class Reserved(BaseModel):
    name: str


quickly = InvocationRetryPolicy(
    initial_interval=timedelta(milliseconds=50), max_interval=timedelta(milliseconds=200), max_attempts=100_000
)
orders = restate.Service("Orders", invocation_retry_policy=quickly)
accounts = restate.VirtualObject("Accounts", invocation_retry_policy=quickly)


def reserve(user: str) -> str:
    return f"reserved for {user}"


@orders.handler()
async def place(ctx: restate.Context, request: Request) -> str:
    order_id = str(ctx.uuid())
    reserved = await ctx.run_typed("reserve", reserve, user=request.user)
    ctx.object_send(charge, key=request.user, arg=request.amount)
    awakeable, paid = ctx.awakeable(type_hint=str)
    await ctx.run_typed("notify", lambda: awakeable)
    match await restate.select(paid=paid, late=ctx.sleep(timedelta(days=1))):
        case ["paid", by]:
            return f"{reserved}, {by}, {order_id}"
        case _:
            raise restate.TerminalError("too late")


@accounts.handler()
async def charge(ctx: restate.ObjectContext, amount: int) -> int:
    balance = await ctx.get("balance", type_hint=int) or 0
    ctx.set("balance", balance + amount)
    await ctx.sleep(timedelta(hours=1), name="pause")
    ctx.set("done", True)
    return balance + amount


app = restate.app([orders, accounts])
"""

RESERVE = '    reserved = await ctx.run_typed("reserve", reserve, user=request.user)\n'
SEND = "    ctx.object_send(charge, key=request.user, arg=request.amount)\n"
NOTIFY = '    await ctx.run_typed("notify", lambda: awakeable)\n'
SET = '    ctx.set("balance", balance + amount)\n'
SLEEP = '    await ctx.sleep(timedelta(hours=1), name="pause")\n'
PAID = '        case ["paid", by]:\n'
STEP = '    await ctx.run_typed("more", lambda: open("ran", "w").write("it did"))\n'


class Change(NamedTuple):
    """`old` becomes `new`; then this is what becomes of an order and of a charge. `found` is in what the SDK says."""

    old: str
    new: str
    order: Kind = Kind.FITS
    charge: Kind = Kind.FITS
    found: str = ""


CHANGES = {
    "nothing": Change("", ""),
    "a step after what it waits for": Change(
        '        case ["paid", by]:\n', f'        case ["paid", by]:\n        {STEP}'
    ),
    "a step before a recorded one": Change(RESERVE, STEP + RESERVE, Kind.DIFFERS, found="name: reserve != more"),
    "a step under another name": Change('"reserve"', '"hold"', Kind.DIFFERS, found="name: reserve != hold"),
    "no send": Change(SEND, "", Kind.DIFFERS, found="'one way call/send'"),
    "an earlier return": Change(SEND, SEND + '    return "early"\n', Kind.DIFFERS, found="'handler return'"),
    "a handler under another name": Change("async def place", "async def order", Kind.GONE),
    "a step before what it waits for": Change(NOTIFY, NOTIFY + STEP, Kind.DIFFERS, found="'sleep'"),
    "a new required field": Change(
        "    amount: int\n", "    amount: int\n    currency: str\n", Kind.DIFFERS, found="'handler return'"
    ),
    "a new optional field": Change("    amount: int\n", '    amount: int\n    currency: str = "EUR"\n'),
    "a longer sleep": Change("timedelta(hours=1)", "timedelta(hours=2)"),
    "another type of a step's result": Change(
        'str:\n    return f"reserved for {user}"',
        "Reserved:\n    return Reserved(name=user)",
        Kind.FAILS,
        found="validation error for Reserved",
    ),
    "something else sent": Change("arg=request.amount)", "arg=request.amount + 1)", Kind.DIFFERS, found="'5' != '6'"),
    "state under another name": Change(
        'ctx.get("balance"', 'ctx.get("amount"', charge=Kind.DIFFERS, found="key: 'balance' != 'amount'"
    ),
    "sleep before set": Change(SET + SLEEP, SLEEP + SET, charge=Kind.DIFFERS, found="'set state'"),
    "something random sent": Change(
        "arg=request.amount)", "arg=random.randint(10, 10**9))", Kind.DIFFERS, found="parameter: '5' != '"
    ),
}

changes = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())


def changed(change: Change) -> str:
    assert change.old in ORIGINAL
    return ORIGINAL.replace(change.old, change.new, 1)


@pytest.fixture(scope="module")
def serving(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Two orders, what they charge, and a charge by itself."""
    with Serving(server, tmp_path_factory.mktemp("served"), ORIGINAL) as serving:
        orders = [serving.send("Orders/place", {"user": user, "amount": 5}) for user in ("ada", "grace")]
        serving.send("Accounts/mary/charge", 7)
        for order in orders:
            serving.journal(order, 8)
        eventually(lambda: len(settled(serving, 0.0)) == 5, "five are in flight")
        yield serving


@pytest.fixture(scope="module")
def saved(serving: Serving, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    journals = [(journal.id, journal) for journal in Admin(serving.server.admin_url).journals()]
    assert command.save(journals, folder, payloads=True) == 5
    return folder


def check(found: Judged, change: Change) -> None:
    assert len(found) == 5
    for _, journal, verdict in found:
        expected = change.order if journal.handler == "place" else change.charge
        assert verdict.kind is expected, verdict
        if expected is not Kind.FITS:
            assert change.found in verdict.detail
        if expected is Kind.DIFFERS:
            assert verdict.entry
            assert verdict.expected
            assert verdict.found != verdict.expected
    assert command.exit_code(found) == int({change.order, change.charge} != {Kind.FITS})


@changes
def test_against_a_server(serving: Serving, change: Change, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_of(tmp_path, changed(change))
    journals = [(journal.id, journal) for journal in Admin(serving.server.admin_url).journals()]
    check(command.judged(journals, app), change)
    assert not (tmp_path / "ran").exists()


@changes
def test_from_files(saved: Path, change: Change, tmp_path: Path) -> None:
    check(command.judged(files.journals(saved), app_of(tmp_path, changed(change))), change)


@pytest.mark.slow
@changes
def test_the_server_agrees(serving: Serving, change: Change, tmp_path: Path) -> None:
    """The same code under the same address, which the server replays against its own journals."""
    app = app_of(tmp_path, changed(change))
    journals = [(journal.id, journal) for journal in Admin(serving.server.admin_url).journals()]
    verdicts = {journal.id: verdict for _, journal, verdict in command.judged(journals, app)}
    since = time.time()
    serving.swap(changed(change))
    try:
        seen = outcomes(serving, since, verdicts)
        for invocation_id, verdict in verdicts.items():
            assert_agreed(seen[invocation_id], verdict)
    finally:
        since = time.time()
        serving.swap(ORIGINAL)
        eventually(lambda: len(settled(serving, since)) == 5, "the original code goes on")


def assert_agreed(row: Row, verdict: Verdict) -> None:
    failure = str(row.get("last_failure", ""))
    if verdict.kind is Kind.FITS:
        assert row["status"] == "running"
    elif verdict.kind is Kind.DIFFERS:
        assert row["last_failure_error_code"] == "RT0016"
        stable = verdict.detail.partition(" != ")[0]  # what is random differs between any two attempts
        assert stable in failure
    elif verdict.kind is Kind.GONE:
        assert "404" in failure
    else:
        assert verdict.detail.partition("attempt: ")[2].splitlines()[0] in failure


def outcomes(serving: Serving, since: float, verdicts: dict[str, Verdict]) -> dict[str, Row]:
    """What the server says of each attempt after the swap."""
    broken = {id_ for id_, verdict in verdicts.items() if verdict.kind is not Kind.FITS}
    seen: dict[str, Row] = {}

    def all_seen() -> bool:
        seen.update(settled(serving, since))
        seen.update({row["id"]: row for row in in_flight(serving) if row["id"] in broken and refused(row)})
        return seen.keys() == verdicts.keys()

    eventually(all_seen, "each was tried with the new code")
    return seen


def refused(row: Row) -> bool:
    """Whether the code refused it, and not a port where nobody listened for a moment."""
    failure = str(row.get("last_failure", ""))
    return row.get("last_failure_error_code") == "RT0016" or "404" in failure or "validation error" in failure


def settled(serving: Serving, since: float) -> dict[str, Row]:
    """Those whose newest attempt began after a time, and still runs a while later: it waits."""

    def running() -> dict[str, Row]:
        rows = in_flight(serving)
        return {row["id"]: row for row in rows if row["status"] == "running" and began(row) > since}

    before = running()
    time.sleep(0.3)
    return {
        id_: row for id_, row in running().items() if before.get(id_, {}).get("last_start_at") == row["last_start_at"]
    }


def began(row: Row) -> float:
    return datetime.fromisoformat(row["last_start_at"]).timestamp()


def in_flight(serving: Serving) -> list[Row]:
    return serving.server.admin.unfinished()
