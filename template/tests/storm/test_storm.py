"""A storm that is over soon; `make storm` brings longer ones, and with other seeds."""

import subprocess
import sys

import pytest

from dev.project import ROOT
from dev.storm.__main__ import storm
from dev.storm.options import Options
from dev.storm.plan import SHARES, planned
from tests.conftest import SHARED_SERVER

QUICK = Options(seed=1, orders=40, kills=8, minutes=2)


@pytest.mark.anyio
@pytest.mark.skipif(SHARED_SERVER, reason="RESTATE_TEST_SERVER names a running server, which is not ours to kill")
async def test_whoever_is_killed_it_all_adds_up() -> None:
    problems = await storm(QUICK)
    assert problems == [], f"the same orders and kills again: {QUICK.command()}"


def test_a_seed_is_a_plan() -> None:
    assert planned(7, 50, 10) == planned(7, 50, 10)
    assert planned(7, 50, 10) != planned(8, 50, 10)


def test_every_course_is_in_a_plan_that_has_room_for_it() -> None:
    for seed in range(20):
        plan = planned(seed, 12, 3)
        assert {order.course for order in plan.orders} == set(SHARES)
        assert all(order.after <= len(plan.kills) for order in plan.orders)


@pytest.mark.parametrize(
    ("name", "value"), [("SEED", "today"), ("ORDERS", "0"), ("KILLS", "-1"), ("MINUTES", "half an hour")]
)
def test_an_option_that_is_no_number_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    done = subprocess.run([sys.executable, "-m", "dev.storm"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert f"{name}={value}: give a number from" in done.stdout
