from datetime import timedelta
from uuid import uuid4

import pytest

from durable import InvocationFailed
from objects import schedule
from objects.schedule import Job
from tests.shop import Shop
from tests.system import eventually

pytestmark = pytest.mark.anyio


@pytest.fixture
def job() -> str:
    return f"job-{uuid4()}"


async def test_a_job_runs_as_often_as_asked_and_then_leaves_nothing(shop: Shop, job: str) -> None:
    await shop.stocked()
    await start(shop, job, timedelta(milliseconds=100), times=3)
    await eventually(lambda: is_gone(shop, job), "the job has ended")

    async def reported() -> bool:
        return await runs(shop) == 3

    await eventually(reported, "three reports were made")


async def test_a_stopped_job_does_not_run_again(shop: Shop, job: str) -> None:
    await shop.stocked()
    await start(shop, job, timedelta(seconds=60))
    await shop.system.client.call(schedule.stop, key=job)
    await shop.system.client.call(schedule.stop, key=job)
    assert await is_gone(shop, job)
    assert await planned(shop, job) == 0


async def test_starting_anew_replaces_the_timetable(shop: Shop, job: str) -> None:
    await shop.stocked()
    await start(shop, job, timedelta(seconds=60))
    await start(shop, job, timedelta(seconds=30))
    assert (await shop.system.client.call(schedule.status, key=job)).job.every == timedelta(seconds=30)
    await eventually(lambda: one_is_planned(shop, job), "only the new timetable has a next run")


async def test_an_unknown_job_has_no_status(shop: Shop, job: str) -> None:
    with pytest.raises(InvocationFailed) as unknown:
        await shop.system.client.call(schedule.status, key=job)
    assert unknown.value.status == 404


async def start(shop: Shop, job: str, every: timedelta, times: int | None = None) -> None:
    await shop.system.client.call(schedule.start, Job(every=every, skus=[shop.sku], times=times), key=job)


async def is_gone(shop: Shop, job: str) -> bool:
    return await shop.system.state("Schedule", job) == {}


async def one_is_planned(shop: Shop, job: str) -> bool:
    return await planned(shop, job) == 1


async def planned(shop: Shop, job: str) -> int:
    where = f"target_service_key = '{job}' and target_handler_name = 'tick' and status <> 'completed'"
    return len(await shop.system.query(f"select id from sys_invocation where {where}"))


async def runs(shop: Shop) -> int:
    """Reports on this test's own SKU."""
    where = (
        f"target_service_name = 'Inventory' and target_handler_name = 'status' and target_service_key = '{shop.sku}'"
    )
    return len(await shop.system.query(f"select id from sys_invocation where {where}"))
