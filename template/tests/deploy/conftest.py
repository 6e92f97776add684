"""One server and one fleet of versions for all tests of the rollout command."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import cli, preflight
from deploy.backup import backup
from dev import restate_server
from dev.project import pinned_server_version
from dev.restate_server import Server, ServerUnavailable, binary
from tests.deploy import staging as stagings
from tests.deploy.staging import Command, Fleet, Outcome, Staging

VERSION = preflight.parse(pinned_server_version())
"""Of the server that tests use."""


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with restate_server.start() as server:
        yield server


@pytest.fixture(scope="session")
def fleet(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with stagings.fleet(server, tmp_path_factory.mktemp("fleet")) as fleet:
        yield fleet


@pytest.fixture(scope="session")
def old_fleet(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """The same, without HTTP/2."""
    with stagings.fleet(server, tmp_path_factory.mktemp("old-fleet"), http_11_only=True) as fleet:
        yield fleet


@pytest.fixture
def deploy(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Without a server, for what needs none; settings of whoever runs the tests do not count."""
    for variable in ("RESTATE_ADMIN_URL", "RESTATE_AUTH_TOKEN", "RESTATE_SERVER_BINARY"):
        monkeypatch.delenv(variable, raising=False)

    def run(*arguments: object, admin: str = "http://127.0.0.1:1") -> Outcome:
        monkeypatch.setenv("RESTATE_ADMIN_URL", admin)
        capsys.readouterr()
        code = cli.main([str(each) for each in arguments])
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return run


@pytest.fixture
def staging(server: Server, fleet: Fleet, deploy: Command) -> Iterator[Staging]:
    """Whatever is registered in a test is the test's own, and gone after it."""
    staging = Staging(server, fleet, deploy)
    yield staging
    staging.clear()


@pytest.fixture(scope="session")
def executable() -> Path:
    """Data and configuration are those of a server on this machine, also where the other tests use Docker."""
    try:
        return binary.find(str(VERSION))
    except ServerUnavailable as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def data(executable: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a server that ran once and is stopped."""
    directory = tmp_path_factory.mktemp("server") / "data"
    restate_server.start("native", data=directory).stop()
    return directory


@pytest.fixture(scope="session")
def saved(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it."""
    file = tmp_path_factory.mktemp("backup") / "saved.tar.gz"
    backup(data, file)
    return file
