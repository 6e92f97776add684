"""A saga undoes what it did, whatever hits it: nothing leaks, nothing is undone twice, nothing is skipped."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from durable import InvocationFailed
from tests import probe
from tests.probe import SagaRequest, Undo
from tests.system import System, eventually

pytestmark = pytest.mark.anyio

KINDS = pytest.mark.parametrize("kind", [probe.saga_by_calls, probe.saga_by_steps])


def done(system: System, name: str) -> list[str]:
    return [line for line in system.effects() if f" {name} " in line]


@KINDS
async def test_a_failed_saga_is_undone_in_reverse(system: System, kind: probe.SagaHandler) -> None:
    name = str(uuid4())
    with pytest.raises(InvocationFailed, match="on purpose") as failed:
        await system.client.call(kind, SagaRequest(name=name))
    assert failed.value.status == 418
    assert done(system, name) == [*(f"do {name} {n}" for n in (0, 1, 2)), *(f"undo {name} {n}" for n in (2, 1, 0))]


@KINDS
@pytest.mark.parametrize("times", [1, 2, 4])
async def test_a_saga_cancelled_during_a_step_leaves_nothing_behind(
    system: System, kind: probe.SagaHandler, times: int
) -> None:
    name = str(uuid4())
    request = SagaRequest(name=name, steps=4, seconds=0.15, undo_seconds=0.15, fail=False)
    sent = await system.client.send(kind, request)

    async def one_done() -> bool:
        return len(done(system, name)) >= 2

    await eventually(one_done, "the saga is in its third step")
    for n in range(times):
        await eventually(undoing(system, name, n // 2), "it compensates")
        await system.client.cancel(sent.invocation_id)
    with pytest.raises(InvocationFailed) as failed:
        await system.client.attach(sent.invocation_id, kind)
    assert (failed.value.status, failed.value.message) == (409, "cancelled")
    lines = done(system, name)
    acted = {line.split()[-1] for line in lines if line.startswith("do ")}
    undone = {line.split()[-1] for line in lines if line.startswith("undo ")}
    assert acted <= undone
    first_undo = min(index for index, line in enumerate(lines) if line.startswith("undo "))
    assert not any(line.startswith("do ") for line in lines[first_undo:]), "a step ran on while it was undone"


@KINDS
async def test_cancelling_while_it_compensates_skips_nothing(system: System, kind: probe.SagaHandler) -> None:
    name = str(uuid4())
    sent = await system.client.send(kind, SagaRequest(name=name, undo_seconds=0.15))
    await eventually(undoing(system, name, 1), "it compensates")
    await system.client.cancel(sent.invocation_id)
    await system.client.cancel(sent.invocation_id)
    with pytest.raises(InvocationFailed, match="on purpose"):
        await system.client.attach(sent.invocation_id, kind)
    assert {f"undo {name} {n}" for n in (0, 1, 2)} <= set(done(system, name))


async def test_a_compensation_that_is_cancelled_before_it_began_is_called_again(system: System) -> None:
    """The server has another word for such a cancellation."""
    name = str(uuid4())
    held = await system.client.send(probe.undo_in_line, Undo(name="before", step=0, seconds=1.5), key=name)
    await system.running(held.invocation_id)
    sent = await system.client.send(probe.saga_in_line, name)

    for times in range(3):
        await eventually(called(system, sent.invocation_id, times + 1), "it compensates, in line for the object")
        await system.client.cancel(sent.invocation_id)
    with pytest.raises(InvocationFailed) as failed:
        await system.client.attach(sent.invocation_id, probe.saga_in_line)
    assert (failed.value.status, failed.value.message) == (418, "on purpose")
    assert done(system, name) == [f"undo {name} 0"]


async def test_a_compensation_that_fails_is_reported_and_the_others_run(system: System) -> None:
    name = str(uuid4())
    with pytest.raises(InvocationFailed, match="on purpose; compensation failed: undo: cannot undo") as failed:
        await system.client.call(probe.saga_by_calls, SagaRequest(name=name, undo_fails=1))
    assert failed.value.status == 418
    assert [line for line in done(system, name) if line.startswith("undo")] == [f"undo {name} 2", f"undo {name} 0"]
    assert "compensation undo failed: cannot undo" in system.log()


@KINDS
async def test_a_crash_during_a_saga_changes_nothing(system: System, kind: probe.SagaHandler) -> None:
    name = str(uuid4())
    sent = await system.client.send(kind, SagaRequest(name=name, seconds=0.2))

    async def one_done() -> bool:
        return len(done(system, name)) >= 1

    await eventually(one_done, "the saga is in its second step")
    system.crash_and_restart_app()
    with pytest.raises(InvocationFailed, match="on purpose"):
        await system.client.attach(sent.invocation_id, kind)
    assert {f"{verb} {name} {n}" for verb in ("do", "undo") for n in (0, 1, 2)} == set(done(system, name))


def undoing(system: System, name: str, count: int) -> Callable[[], Awaitable[bool]]:
    async def so_many() -> bool:
        return sum(line.startswith("undo ") for line in done(system, name)) >= min(count, 3)

    return so_many


def called(system: System, invocation_id: str, count: int) -> Callable[[], Awaitable[bool]]:
    async def so_often() -> bool:
        calls = [entry for entry in await system.journal(invocation_id) if entry["entry_type"] == "Command: Call"]
        return len(calls) >= count

    return so_often
