"""Proof that the lanes see what they are for: handlers that break a rule on purpose turn red in them."""

import pytest

from tests import probe
from tests.system import System

pytestmark = pytest.mark.anyio


@pytest.mark.lanes("replay")
async def test_the_replay_lane_sees_a_coin_flip(system: System) -> None:
    for _ in range(10):
        sent = await system.client.send(probe.coin_flip)
        await system.client.attach(sent.invocation_id, probe.coin_flip)  # passes: some attempt hits the recorded side
        if system.mismatches_on_purpose(sent.invocation_id):
            return
    pytest.fail("ten coin flips passed: replay is not forced, or mismatches are not seen")


@pytest.mark.lanes("normal")
async def test_the_normal_lane_does_not_replay(system: System) -> None:
    sent = await system.client.send(probe.coin_flip)
    await system.client.attach(sent.invocation_id, probe.coin_flip)
    assert system.mismatches_on_purpose(sent.invocation_id) == []


@pytest.mark.lanes("chaos")
async def test_the_chaos_lane_sees_an_order_that_differs_between_processes(system: System) -> None:
    sent = await system.client.send(probe.unordered)
    await system.client.attach(sent.invocation_id, probe.unordered)
    assert system.mismatches_on_purpose(sent.invocation_id)


@pytest.mark.lanes("replay", "chaos")
async def test_every_service_is_replayed(system: System) -> None:
    """A handler with an inactivity timeout of its own would escape the forced replay."""
    for service in system.server.admin.request("GET", "/services")["services"]:
        if system.lane == "replay":
            assert service["inactivity_timeout"] == "0s", service["name"]
        for handler in service["handlers"]:
            assert handler.get("inactivity_timeout") is None, f"{service['name']}/{handler['name']}"
