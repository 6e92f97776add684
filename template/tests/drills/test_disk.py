"""What fills the disk is found, and can be taken away. A disk that is really full would need one to be mounted."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest

from dev import restate_server
from dev.restate_server.native import NativeServer
from tests.drills.metrics import scrape, selected, selectors
from tests.drills.rehearsal import Rehearsal

MEGABYTE = 1_000_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """One of 400 megabytes, in memory."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a disk of its own can be mounted by root alone, on Linux")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


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


def test_a_full_disk_holds_work_up_and_loses_none(tmp_path: Path, small_disk: Path) -> None:
    with ExitStack() as processes:  # they end before the disk goes
        server = processes.enter_context(restate_server.start("native", data=small_disk / "data"))
        assert isinstance(server, NativeServer)
        rehearsal = Rehearsal(server, tmp_path, processes)
        rehearsal.registered("first")
        nap = rehearsal.send("nap", 5)
        filler = small_disk / "filler"
        fill(filler)
        rehearsal.until(lambda: not takes(server, 3 * MEGABYTE), "a call is not answered any more")
        rehearsal.until(lambda: write_errors(server) > 0, "the server says why")
        filler.unlink()
        rehearsal.until(lambda: takes(server, 1), "calls are answered again")
        rehearsal.reaches(nap, "completed")


def fill(file: Path) -> None:
    """Writes until the disk is full."""
    with suppress(OSError), file.open("wb", buffering=0) as disk:
        while True:
            disk.write(b"x" * MEGABYTE)
    assert shutil.disk_usage(file.parent).free == 0


def takes(server: NativeServer, size: int) -> bool:
    """Whether a call with so many bytes is answered."""
    try:
        url = f"{server.ingress_url}/Orders/cancel"
        return httpx.post(url, json="x" * size, timeout=3.0, trust_env=False).status_code == 200
    except httpx.TimeoutException:
        return False


def write_errors(server: NativeServer) -> float:
    """What the alert for it goes by."""
    (selector,) = selectors("restate_rocksdb_background_errors")
    return sum(sample.value for sample in selected(selector, scrape(server.metrics_url)))
