"""Wherever the service dies, an order ends as if it had not: once for each entry that is in its journal."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.workflows.kill_points import kill_points
from tests.workflows.killed_orders import KillableSystem, Order

pytestmark = pytest.mark.anyio


@pytest.fixture
def killable(tmp_path: Path) -> Iterator[KillableSystem]:
    if "," in os.environ.get("RESTATE_TEST_SERVER", ""):
        pytest.skip("needs a server of its own: on one that is shared, a second deployment takes the first one's calls")
    with ExitStack() as processes:
        yield KillableSystem(processes, tmp_path)


@pytest.mark.parametrize(
    ("approved", "effects"),
    [
        pytest.param(True, {"charge": [1], "shipment": [1], "message": [1]}, id="shipped"),
        pytest.param(False, {"charge": [1], "refund": [1], "message": [1]}, id="compensated"),
    ],
)
async def test_an_order_ends_the_same_wherever_the_service_is_killed(
    killable: KillableSystem, approved: bool, effects: dict[str, list[int]]
) -> None:
    async with killable.connected():
        reference = Order(killable, approved=approved)
        expected = await reference.run()
        assert expected.effects == effects
        for point in kill_points(await reference.journal()):
            order = Order(killable, approved=approved, point=point)
            try:
                problems = [*expected.differences(await order.run()), *order.deaths()]
            except AssertionError as error:
                problems = [str(error), *await killable.stuck()]
            if problems:
                pytest.fail("\n".join([f"{point}: {order.id}", *problems]), pytrace=False)
