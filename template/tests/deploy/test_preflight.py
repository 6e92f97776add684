"""Whether the server itself may be replaced: by which version, with which backup."""

import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy import preflight
from deploy.backup import backup
from deploy.data_directory import MARKER
from dev import restate_server
from dev.restate_server import Server
from tests.deploy.conftest import VERSION
from tests.deploy.staging import Command

NEXT = VERSION._replace(minor=VERSION.minor + 1, patch=0)
AFTER_NEXT = VERSION._replace(minor=VERSION.minor + 2, patch=0)
BEFORE = VERSION._replace(minor=VERSION.minor - 1, patch=0)
LONG_BEFORE = VERSION._replace(minor=VERSION.minor - 2, patch=0)


def test_one_minor_version_up_with_a_backup_is_fine(deploy: Command, data: Path, saved: Path) -> None:
    for version in (NEXT, VERSION._replace(patch=VERSION.patch + 1)):
        outcome = deploy("preflight", "upgrade", version, "--data", data, "--backup", saved)
        assert outcome.code == 0, outcome
        assert f"upgrade from {VERSION} to {version}" in outcome.out


def test_the_version_of_a_server_elsewhere_is_asked_for(deploy: Command, server: Server, saved: Path) -> None:
    outcome = deploy("preflight", "upgrade", NEXT, "--backup", saved, "--json", admin=server.admin_url)
    assert outcome.code == 0
    assert outcome.json["current"] == str(VERSION)


def test_one_minor_version_down_is_fine_while_no_new_feature_is_used(
    deploy: Command, server: Server, saved: Path
) -> None:
    outcome = deploy("preflight", "rollback", BEFORE, "--backup", saved, admin=server.admin_url)
    assert outcome.code == 0, outcome


@pytest.mark.parametrize(("action", "version"), [("upgrade", AFTER_NEXT), ("rollback", LONG_BEFORE)])
def test_no_minor_version_is_skipped(
    deploy: Command, server: Server, saved: Path, action: str, version: preflight.Version
) -> None:
    outcome = deploy("preflight", action, version, "--backup", saved, admin=server.admin_url)
    assert outcome.code == 1
    assert f"skipped-minor:{VERSION}-{version}" in outcome.out
    accepted = ("--accept", f"skipped-minor:{VERSION}-{version}")
    assert deploy("preflight", action, version, "--backup", saved, *accepted, admin=server.admin_url).code == 2


def test_a_version_that_cannot_read_the_data_is_refused(
    deploy: Command, server: Server, saved: Path, tmp_path: Path
) -> None:
    marker = {"cluster_name": "c", "max_version": str(VERSION), "min_forward_compatible_version": str(VERSION)}
    (tmp_path / MARKER).write_text(json.dumps(marker))
    outcome = deploy("preflight", "rollback", BEFORE, "--data", tmp_path, admin=server.admin_url)
    assert outcome.code == 1
    assert f"can be read by {VERSION} and newer" in outcome.out


def test_a_feature_in_use_speaks_against_a_rollback(deploy: Command, saved: Path) -> None:
    with restate_server.start("native", environment={"RESTATE_EXPERIMENTAL_ENABLE_VQUEUES": "true"}) as server:
        used = sorted(name for name, on in server.admin.request("GET", "/version")["features"].items() if on)
        arguments = ("preflight", "rollback", BEFORE, "--backup", saved)
        refused = deploy(*arguments, admin=server.admin_url)
        accepted = [part for name in used for part in ("--accept", f"feature:{name}")]
        assert deploy(*arguments, *accepted, admin=server.admin_url).code == 0
    assert used
    assert refused.code == 1
    assert f"feature:{used[0]}" in refused.out


def test_nothing_is_replaced_without_a_backup(deploy: Command, data: Path) -> None:
    outcome = deploy("preflight", "upgrade", NEXT, "--data", data)
    assert outcome.code == 1
    assert "no-backup:localcluster" in outcome.out
    accepted = deploy("preflight", "upgrade", NEXT, "--data", data, "--accept", "no-backup:localcluster")
    assert accepted.code == 0


def test_a_backup_that_the_data_has_outrun_is_stale(deploy: Command, executable: Path, tmp_path: Path) -> None:
    restate_server.start("native", data=tmp_path / "data").stop()
    backup(tmp_path / "data", tmp_path / "saved.tar.gz")
    (tmp_path / "data" / "dev" / "later").touch()
    arguments = ("preflight", "upgrade", NEXT, "--data", tmp_path / "data", "--backup", tmp_path / "saved.tar.gz")
    assert "stale-backup" in deploy(*arguments).out


def test_the_backup_of_another_server_does_not_count(deploy: Command, data: Path, saved: Path, tmp_path: Path) -> None:
    marker = json.loads((data / "dev" / MARKER).read_text())
    (tmp_path / MARKER).write_text(json.dumps(marker | {"cluster_fingerprint": 1}))
    outcome = deploy("preflight", "upgrade", NEXT, "--data", tmp_path, "--backup", saved)
    assert outcome.code == 1
    assert "foreign-backup" in outcome.out


def _cut(saved: Path, file: Path) -> None:
    file.write_bytes(saved.read_bytes()[:-2_000])


def _empty(saved: Path, file: Path) -> None:
    file.touch()


def _other(saved: Path, file: Path) -> None:
    with tarfile.open(file, "w:gz") as archive:
        archive.add(__file__, "readme.txt")


def _missing(saved: Path, file: Path) -> None:
    """Leaves it away."""


@pytest.mark.parametrize("damage", [_cut, _empty, _other, _missing])
def test_a_damaged_backup_is_none(
    deploy: Command, data: Path, saved: Path, tmp_path: Path, damage: Callable[[Path, Path], None]
) -> None:
    file = tmp_path / "damaged.tar.gz"
    damage(saved, file)
    outcome = deploy("preflight", "upgrade", NEXT, "--data", data, "--backup", file)
    assert outcome.code == 2
    assert "make one with 'deploy backup'" in outcome.line


@pytest.mark.parametrize(
    ("action", "version"), [("upgrade", VERSION), ("upgrade", BEFORE), ("rollback", NEXT), ("upgrade", "latest")]
)
def test_a_version_on_the_wrong_side_is_none(deploy: Command, data: Path, action: str, version: object) -> None:
    outcome = deploy("preflight", action, version, "--data", data)
    assert outcome.code == 2
    assert str(version) in outcome.line
