from datetime import timedelta
from uuid import uuid4

import pytest

from durable import InvocationFailed
from tests import probe
from tests.system import System, eventually

pytestmark = pytest.mark.anyio


async def test_a_delayed_message_comes_later(system: System) -> None:
    sent = await system.client.send(probe.sleeper, 0.0, delay=timedelta(seconds=1))
    assert await system.client.output(sent.invocation_id, probe.sleeper) is None
    assert await system.client.attach(sent.invocation_id, probe.sleeper) == "awake"
    assert await system.client.output(sent.invocation_id, probe.sleeper) == "awake"


async def test_one_idempotency_key_is_one_invocation(system: System) -> None:
    key = str(uuid4())
    first = await system.client.send(probe.sleeper, 0.1, idempotency_key=key)
    second = await system.client.send(probe.sleeper, 0.1, idempotency_key=key)
    assert (first.status, second.status) == ("Accepted", "PreviouslyAccepted")
    assert first.invocation_id == second.invocation_id


async def test_a_cancelled_invocation_fails(system: System) -> None:
    sent = await system.client.send(probe.sleeper, 3600.0)
    await eventually(lambda: started(system, sent.invocation_id), "it sleeps")
    await system.client.cancel(sent.invocation_id)
    with pytest.raises(InvocationFailed) as failed:
        await system.client.attach(sent.invocation_id, probe.sleeper)
    assert failed.value.status == 409


@pytest.mark.parametrize("key", ["a/b", "a b", "ä?#", "%2F", ".."])
async def test_keys_are_quoted(system: System, key: str) -> None:
    key = f"{key}-{uuid4()}"
    await system.client.call(probe.put, [], key=key)
    assert await system.client.call(probe.look, key=key) == []
    assert await system.state("Vault", key) == {"value": []}


async def test_an_unknown_invocation_is_not_found(system: System) -> None:
    with pytest.raises(InvocationFailed) as unknown:
        await system.client.attach("inv_1aiqX0vFEFNH1Umgre58JiCLgHfTtztYK5", probe.sleeper)
    assert unknown.value.status in (400, 404)


async def started(system: System, invocation_id: str) -> bool:
    rows = await system.query(f"select status from sys_invocation where id = '{invocation_id}'")
    return bool(rows) and rows[0]["status"] in ("running", "suspended")
