"""Every test that asks for `system` runs once per lane, against a real server."""

import functools
import importlib.util
import os
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import ExitStack

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from dev import restate_server
from dev.errors import DevError
from guidelines.registry import REGISTRY
from tests.system import Lane, System

pytest_plugins = [name for name in ("tests.shop",) if importlib.util.find_spec(name)]

collect_ignore = ["drills"]  # unless they are asked for: `make drill`

SHARED_SERVER = "," in os.environ.get("RESTATE_TEST_SERVER", "")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "lanes(*names): the lanes a test runs in; normal and replay if not said")
    if SHARED_SERVER and os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1") != "1":
        raise pytest.UsageError("RESTATE_TEST_SERVER names one running server: use one worker (make test WORKERS=0)")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Says it once, and before any test, if no server can be started here. The first start also fetches it."""
    if "PYTEST_XDIST_WORKER" in os.environ or session.config.option.collectonly:
        return
    try:
        restate_server.start().stop()
    except DevError as error:
        pytest.exit(f"no Restate server for the tests: {error}", returncode=2)


class OneWorkerForChaos(LoadScopeScheduling):  # type: ignore[misc]
    """Few tests need chaos, and it is slow to set up, so one worker gets them all."""

    def _split_scope(self, nodeid: str) -> str:
        return "chaos" if "[chaos" in nodeid else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneWorkerForChaos:
    return OneWorkerForChaos(config, log)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "lane" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("lanes")
        lanes = marker.args if marker else ("normal", "replay")
        # the lanes differ in how the server treats the same services, so one server has but one lane
        metafunc.parametrize("lane", [lane for lane in lanes if lane == "normal" or not SHARED_SERVER])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Says which guidelines may no longer be kept when a test fails that enforces them."""
    report = yield
    if report.failed and (broken := list(enforced_by(item))):
        report.sections.append(("guidelines that this enforces", "\n".join(broken)))
    return report


def enforced_by(item: pytest.Item) -> Iterator[str]:
    """What the registry says of a test; where it fails in another lane than the normal one, replays are to blame."""
    name = item.nodeid.partition("[")[0]
    replayed = "[replay" in item.nodeid or "[chaos" in item.nodeid
    for row in REGISTRY.values():
        if f"test:{name}" in row.enforced_by or (replayed and "replay:lanes" in row.enforced_by):
            yield f"{row.id}: {row.sentence}"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def system_of() -> Iterator[Callable[[Lane], System]]:
    """The system of a lane, started when first asked for. One that does not start is not tried again."""
    with ExitStack() as processes:

        @functools.cache
        def started(lane: Lane) -> System | DevError:
            try:
                return System(lane, processes)
            except DevError as error:
                return error

        def system_of(lane: Lane) -> System:
            system = started(lane)
            if isinstance(system, DevError):
                pytest.fail(f"cannot start the {lane} lane: {system}", pytrace=False)
            return system

        yield system_of


@pytest.fixture
async def system(lane: Lane, system_of: Callable[[Lane], System]) -> AsyncIterator[System]:
    """A lane's system; whatever the test was about, no replay may differ from its journal (dont-I-4)."""
    system = system_of(lane)
    before = len(system.mismatches())
    async with system.connected():
        yield system
    assert system.mismatches()[before:] == []
