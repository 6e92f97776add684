"""One real server for all that is hostile, and what must hold of it after each test."""

import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.hostile import aftermath
from tests.system import Lane, System

QUICK_CASES = 120


def pytest_configure() -> None:
    # a failure prints what fails, and how to have it again
    slow = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large)
    settings.register_profile("hostile", deadline=None, database=None, print_blob=True, suppress_health_check=slow)


@pytest.fixture(scope="session")
def cases() -> int:
    """About how many requests a test may send: `make fuzz` sets CASES."""
    given = os.environ.get("CASES", str(QUICK_CASES))
    if not given.isdecimal() or not 0 < int(given) <= 1_000_000:
        pytest.exit(f"CASES={given}: give a number from 1 to 1000000", returncode=2)
    return int(given)


@pytest.fixture
def target(lane: Lane, system_of: Callable[[Lane], System]) -> Iterator[System]:
    """A system under attack. Afterwards nothing is unfinished, no replay differs, and no secret was told."""
    system = system_of(lane)
    before, bad_before = len(system.mismatches()), aftermath.finished_badly(system)
    with aftermath.waits_cut_short(system):
        yield system
        aftermath.everything_ends(system)
    assert {id: bad for id, bad in aftermath.finished_badly(system).items() if id not in bad_before} == {}
    assert system.mismatches()[before:] == []
    assert aftermath.leaks(system) == []
