"""A single node is copied, lost, and restored: what slept in it wakes up."""

import shutil
from contextlib import ExitStack
from pathlib import Path

from dev import restate_server
from tests.drills.rehearsal import Rehearsal


def test_a_lost_node_is_restored_from_its_backup(tmp_path: Path, processes: ExitStack) -> None:
    server = processes.enter_context(restate_server.start("native", data=tmp_path / "data"))
    before = Rehearsal(server, tmp_path, processes)
    before.registered("first")
    nap = before.send("nap", 10)
    refused = before.deploy("backup", str(tmp_path / "early.tar.gz"), "--data", str(tmp_path / "data"))
    assert refused.code == 1
    server.stop()
    before.follow("backup", FILE=tmp_path / "saved.tar.gz", DIR=tmp_path / "data")
    shutil.rmtree(tmp_path / "data")

    before.follow("restore", FILE=tmp_path / "saved.tar.gz", DIR=tmp_path / "restored")
    restored = processes.enter_context(restate_server.start("native", data=tmp_path / "restored"))
    after = Rehearsal(restored, tmp_path, processes)
    assert after.call("which") == "first"
    after.reaches(nap, "completed")
    assert after.invocation(nap)["completion_result"] == "success"
