"""What fills the disk is found, and can be taken away. A disk that is really full would need one to be mounted."""

import json
from contextlib import ExitStack
from pathlib import Path

from dev import restate_server
from tests.drills.rehearsal import Rehearsal


def test_what_takes_the_space_is_found_and_purged(tmp_path: Path, processes: ExitStack) -> None:
    server = processes.enter_context(restate_server.start("native", data=tmp_path / "data"))
    rehearsal = Rehearsal(server, tmp_path, processes)
    rehearsal.registered("first")
    done = [rehearsal.send("nap", 0) for _ in range(3)]
    for each in done:
        rehearsal.reaches(each, "completed")
    assert str(tmp_path / "data") in rehearsal.follow("disk-usage", DIR=tmp_path / "data")
    (row,) = json.loads(rehearsal.follow("disk-query"))["rows"]
    assert (row["target"], row["invocations"]) == ("Orders/nap", 3)
    rehearsal.follow("disk-purge", INVOCATION=done[0])
    rehearsal.until(lambda: not rehearsal.invocation(done[0]), "it is gone")
    assert rehearsal.invocation(done[1])
