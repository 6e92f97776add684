import pytest

from tests import probe
from tests.system import System

pytestmark = pytest.mark.anyio


async def test_sigterm_stops_an_idle_service_at_once(system: System) -> None:
    await system.client.call(probe.sleeper, 0.0)
    with system.another_app() as (process, url):
        await system.http.get(f"{url}/health")
        ended = process.terminate()
    assert ended.returncode == 0, process.tail()
    assert ended.seconds < 2


async def test_work_that_sigterm_interrupts_completes_after_a_restart(system: System) -> None:
    sent = await system.client.send(probe.sleeper, 1.5)
    assert system.stop_app().returncode == 0
    system.start_app()
    assert await system.client.attach(sent.invocation_id, probe.sleeper) == "awake"


async def test_a_step_that_runs_is_finished_before_it_stops(system: System) -> None:
    before = system.effects().count("worked")
    sent = await system.client.send(probe.works, 0.5)
    await system.running(sent.invocation_id)
    assert system.stop_app().returncode == 0
    system.start_app()
    assert await system.client.attach(sent.invocation_id, probe.works) == "worked"
    assert system.effects().count("worked") == before + 1


async def test_the_drain_is_bounded_also_under_traffic(system: System) -> None:
    sent = [await system.client.send(probe.works, 60.0 if n == 0 else 0.2) for n in range(20)]
    await system.running(sent[0].invocation_id)
    ended = system.stop_app()
    assert ended.returncode == 0
    assert ended.seconds < 5  # DRAIN_SECONDS is 2 in tests
    system.start_app()
    for each in sent[1:]:
        await system.client.attach(each.invocation_id, probe.works)
    await system.client.cancel(sent[0].invocation_id)


@pytest.mark.lanes("normal")
async def test_a_connection_outlives_a_thousand_requests(system: System) -> None:
    sent = await system.client.send(probe.calls_many, 1_100)
    assert await system.client.attach(sent.invocation_id, probe.calls_many) == 1_100
    calls = f"select retry_count from sys_invocation where invoked_by_id = '{sent.invocation_id}'"
    assert [row for row in await system.query(calls) if row.get("retry_count", 1) > 1] == []
