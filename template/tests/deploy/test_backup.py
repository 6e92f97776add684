"""A backup of a server's data: made of a stopped single node, restored, never written over anything."""

import json
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.data_directory import MARKER
from dev import restate_server
from tests.deploy.conftest import VERSION
from tests.deploy.staging import Command


def test_a_backup_can_be_restored(deploy: Command, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "saved.tar.gz"
    assert deploy("backup", file, "--data", data).code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    subprocess.run(["tar", "--extract", "--file", file, "--directory", elsewhere], check=True)
    marker = json.loads((data / "dev" / MARKER).read_text())
    with restate_server.start("native", data=elsewhere) as server:
        assert server.admin.answers_queries()
    assert json.loads((elsewhere / "dev" / MARKER).read_text())["cluster_fingerprint"] == marker["cluster_fingerprint"]


def test_the_data_of_a_server_that_runs_is_not_copied(deploy: Command, executable: Path, tmp_path: Path) -> None:
    with restate_server.start("native", data=tmp_path / "data") as server:
        outcome = deploy("backup", tmp_path / "saved.tar.gz", "--data", tmp_path / "data")
        assert server.alive
    assert outcome.code == 1
    assert "stop it first" in outcome.line
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


def test_a_dry_run_writes_no_backup(deploy: Command, data: Path, tmp_path: Path) -> None:
    outcome = deploy("backup", tmp_path / "saved.tar.gz", "--data", data, "--dry-run", "--json")
    assert outcome.code == 0
    assert outcome.json["version"] == str(VERSION)
    assert list(tmp_path.iterdir()) == []


def _no_data(directory: Path) -> Path:
    return directory


def _two_nodes(directory: Path) -> Path:
    for node in ("n1", "n2"):
        (directory / node).mkdir()
        (directory / node / MARKER).write_text("{}")
    return directory


def _a_strange_marker(directory: Path) -> Path:
    (directory / MARKER).write_text("{}")
    return directory


@pytest.mark.parametrize(
    ("make", "says"),
    [(_no_data, "holds no data"), (_two_nodes, "holds several nodes (n1, n2)"), (_a_strange_marker, "cannot be read")],
)
def test_what_is_no_single_node_is_not_copied(
    deploy: Command, tmp_path: Path, make: Callable[[Path], Path], says: str
) -> None:
    (tmp_path / "data").mkdir()
    outcome = deploy("backup", tmp_path / "saved.tar.gz", "--data", make(tmp_path / "data"))
    assert outcome.code == 2
    assert says in outcome.line


def test_a_backup_is_not_written_over_something_or_into_the_data(deploy: Command, data: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.tar.gz"
    there.write_text("precious")
    for target in (there, data / "dev" / "saved.tar.gz", tmp_path / "missing" / "saved.tar.gz"):
        assert deploy("backup", target, "--data", data).code == 2
    assert there.read_text() == "precious"
