"""Drills need native servers, of several versions. What is missing is said once, before any of them."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from dev import restate_server
from dev.project import pinned_server_version
from dev.restate_server import ServerUnavailable, binary
from tests.drills.rehearsal import EARLIER, Rehearsal


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whether every command of the runbook was executed is known last."""
    items.sort(key=lambda item: item.path.name == "test_runbook.py")


@pytest.fixture(scope="session", autouse=True)
def _servers() -> None:
    try:
        for version in (*EARLIER, pinned_server_version()):
            binary.find(version)
    except ServerUnavailable as error:
        pytest.exit(f"no Restate server for the drills: {error}", returncode=2)


@pytest.fixture
def processes() -> Iterator[ExitStack]:
    """Ends what a drill starts, the last first."""
    with ExitStack() as processes:
        yield processes


@pytest.fixture
def rehearsal(tmp_path: Path, processes: ExitStack) -> Rehearsal:
    """A server of its own."""
    server = processes.enter_context(restate_server.start("native"))
    return Rehearsal(server, tmp_path, processes)
