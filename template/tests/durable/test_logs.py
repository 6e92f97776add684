import json
from typing import Any
from uuid import uuid4

import pytest

from durable import InvocationFailed
from tests import probe
from tests.system import System

pytestmark = pytest.mark.anyio


def lines(system: System, marker: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in system.log().splitlines() if marker in line]


async def test_a_replay_repeats_no_line_and_hides_no_warning(system: System) -> None:
    marker = str(uuid4())
    with pytest.raises(InvocationFailed):
        await system.client.call(probe.logs_a_lot, marker)
    logged = [(line["level"], line["message"]) for line in lines(system, marker)]
    assert logged.count(("INFO", f"before {marker}")) == 1
    assert logged.count(("INFO", f"between {marker}")) == 1
    warned = logged.count(("WARNING", f"warned {marker}"))
    assert warned == 1 if system.lane == "normal" else warned >= 1


async def test_a_terminal_error_is_logged_once_with_its_invocation(system: System) -> None:
    marker = str(uuid4())
    sent = await system.client.send(probe.logs_a_lot, marker)
    with pytest.raises(InvocationFailed):
        await system.client.attach(sent.invocation_id, probe.logs_a_lot)
    (ended,) = [line for line in lines(system, marker) if "ended" in line["message"]]
    assert ended["level"] == "WARNING"
    assert ended["invocation_id"] == sent.invocation_id
    assert ended["target"] == "Probe/logs_a_lot"


async def test_a_failing_attempt_is_logged_once_with_its_trace(system: System) -> None:
    what = str(uuid4())
    await system.client.call(probe.fails_twice, what)
    assert system.effects().count(what) == 3
