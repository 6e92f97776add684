from uuid import uuid4

import pytest

from durable import InvocationFailed
from tests import probe
from tests.durable.test_typed import awakeable
from tests.system import System, eventually

pytestmark = pytest.mark.anyio


async def test_what_comes_in_time_is_returned(system: System) -> None:
    assert await system.client.call(probe.waits_for_a_sleeper, 0.0) == "awake"


async def test_a_call_that_takes_too_long_is_cancelled(system: System) -> None:
    with pytest.raises(InvocationFailed, match=r"the sleeper took longer than 0\.3 s") as late:
        await system.client.call(probe.waits_for_a_sleeper, 3600.0)
    assert late.value.status == 408
    left = "select id from sys_invocation where target_handler_name = 'sleeper' and status <> 'completed'"

    async def none_left() -> bool:
        return await system.query(left) == []

    await eventually(none_left, "the sleeper was cancelled")


async def test_an_awakeable_in_time_is_returned(system: System) -> None:
    what = str(uuid4())
    sent = await system.client.send(probe.waits_for_a_number, what)
    await system.client.resolve_awakeable(await awakeable(system, what), 42)
    assert await system.client.attach(sent.invocation_id, probe.waits_for_a_number) == 42


async def test_a_rejection_is_raised(system: System) -> None:
    what = str(uuid4())
    sent = await system.client.send(probe.waits_for_a_number, what)
    await system.client.reject_awakeable(await awakeable(system, what), "no number today")
    with pytest.raises(InvocationFailed, match="no number today"):
        await system.client.attach(sent.invocation_id, probe.waits_for_a_number)


async def test_a_cancellation_is_raised(system: System) -> None:
    what = str(uuid4())
    sent = await system.client.send(probe.waits_for_a_number, what)
    await awakeable(system, what)
    await system.client.cancel(sent.invocation_id)
    with pytest.raises(InvocationFailed, match="cancelled") as cancelled:
        await system.client.attach(sent.invocation_id, probe.waits_for_a_number)
    assert cancelled.value.status == 409
