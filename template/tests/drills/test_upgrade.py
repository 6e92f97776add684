"""The server is replaced by its next minor versions, one after the other, and once by the one before it."""

from contextlib import ExitStack
from pathlib import Path

from dev import restate_server
from dev.project import pinned_server_version
from tests.drills.rehearsal import EARLIER, Rehearsal

NAP_SECONDS = 20

PAUSING = {"RESTATE_DEFAULT_RETRY_POLICY__INITIAL_INTERVAL": "500ms"}
"""The oldest takes services that pause only if its own retries are configured, with whatever."""


def test_what_sleeps_survives_upgrades_and_a_rollback(tmp_path: Path, processes: ExitStack) -> None:
    data, oldest, middle, newest = tmp_path / "data", *EARLIER, pinned_server_version()

    def started(version: str) -> Rehearsal:
        server = processes.enter_context(
            restate_server.start("native", data=data, version=version, environment=PAUSING)
        )
        assert server.admin.request("GET", "/version")["version"] == version
        return Rehearsal(server, tmp_path, processes)

    def saved(rehearsal: Rehearsal, version: str) -> Path:
        rehearsal.server.stop()
        file = tmp_path / f"{version}.tar.gz"
        rehearsal.follow("backup", FILE=file, DIR=data)
        return file

    rehearsal = started(oldest)
    service, _ = rehearsal.start("first")
    # the oldest has no /v3; newer ones take /v2 as well, but 'deploy' never uses it
    rehearsal.server.admin.request("POST", "/v2/deployments", {"uri": service.url, "force": False})
    naps = [rehearsal.send("nap", NAP_SECONDS)]

    file = saved(rehearsal, oldest)
    rehearsal.follow("upgrade-skip", VERSION=newest, DIR=data, FILE=file)
    rehearsal.follow("upgrade", VERSION=middle, DIR=data, FILE=file)
    rehearsal = started(middle)
    naps.append(rehearsal.send("nap", NAP_SECONDS))

    file = saved(rehearsal, middle)
    rehearsal.follow("upgrade", VERSION=newest, DIR=data, FILE=file)
    rehearsal = started(newest)
    naps.append(rehearsal.send("nap", NAP_SECONDS))

    rehearsal.follow("rollback", VERSION=middle, DIR=data, FILE=file)
    rehearsal.server.stop()
    rehearsal = started(middle)
    for nap in naps:
        rehearsal.reaches(nap, "completed")
        assert rehearsal.invocation(nap)["completion_result"] == "success"
    assert rehearsal.call("which") == "first"
