"""A node is lost with its disk; another one takes its place, and gets what it needs from snapshots (do-VII-10)."""

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from dev.ports import free_port
from dev.process import Process, wait_until
from dev.project import ROOT
from tests.drills.cluster import PARTITIONS, Cluster
from tests.drills.load import load
from tests.drills.rehearsal import Rehearsal

STORE = "moto[server,s3]>=5.1,<6"
"""It plays S3, and checks conditions on writes as S3 does; fetched for the drill alone."""

SNAPSHOT_SECONDS = 120.0
"""A server looks about once a minute whether it is time for one."""

DOWNLOADED = "Downloaded partition snapshot"
"""What a node logs that starts from one."""


@pytest.fixture
def bucket(tmp_path: Path) -> Iterator[str]:
    """The URL of an empty bucket."""
    uv = shutil.which("uv", path=f"{ROOT / '.tools' / 'bin'}:{ROOT / '.venv' / 'bin'}") or shutil.which("uv")
    if uv is None:
        pytest.skip("no uv on the PATH, which fetches the store that snapshots go to: run 'make drill'")
    port = free_port()
    command = [uv, "tool", "run", "--from", STORE, "moto_server", "--host", "127.0.0.1", "--port", str(port)]
    with Process("moto_server", command, log=tmp_path / "store.log") as process:
        process.wait_until_healthy(f"http://127.0.0.1:{port}/moto-api/", timeout=120.0)
        url = f"http://127.0.0.1:{port}/drill"
        httpx.put(url, trust_env=False).raise_for_status()
        yield url


def test_a_new_node_starts_from_snapshots(tmp_path: Path, processes: ExitStack, bucket: str) -> None:
    cluster = Cluster(tmp_path, processes, snapshots_to(bucket))
    here, other, lost = cluster.nodes
    rehearsal = Rehearsal(here, tmp_path, processes)
    rehearsal.registered("first")
    ingresses = [here.ingress_url, other.ingress_url]
    with load(ingresses, "Orders/which", None) as calls:
        rehearsal.until(lambda: calls.answered > 500, "there is something for a snapshot")
    wait_until(lambda: len(snapshots(bucket)) == PARTITIONS, "snapshots are written", SNAPSHOT_SECONDS)
    naps = [rehearsal.send("nap", 15) for _ in range(5)]
    with load(ingresses, "Orders/which", None) as calls:
        lost.kill()
        shutil.rmtree(lost.log.parent)
        new = cluster.one_more()
        rehearsal.follow("node-lost-back", NODE=new.admin_url)
        rehearsal.until(lambda: DOWNLOADED in new.log.read_text(), "the new node has what was in a snapshot")
        before = calls.answered
        rehearsal.until(lambda: calls.answered > before + 10, "calls are answered")
    assert calls.failures == []
    assert Rehearsal(new, tmp_path, processes).call("which") == "first"
    for nap in naps:
        rehearsal.reaches(nap, "completed")
        assert rehearsal.invocation(nap)["completion_result"] == "success"


def snapshots_to(bucket: str) -> dict[str, str]:
    """Often, and with nothing left in the logs that is in a snapshot."""
    endpoint, _, name = bucket.rpartition("/")
    return {
        "RESTATE_LOG_FILTER": "warn,restate=info,octocrab=off",
        "RESTATE_WORKER__TRIM_DELAY_INTERVAL": "0s",
        "RESTATE_WORKER__SNAPSHOTS__DESTINATION": f"s3://{name}/snapshots",
        "RESTATE_WORKER__SNAPSHOTS__SNAPSHOT_INTERVAL_NUM_RECORDS": "50",
        "RESTATE_WORKER__SNAPSHOTS__AWS_REGION": "us-east-1",
        "RESTATE_WORKER__SNAPSHOTS__AWS_ACCESS_KEY_ID": "drill",
        "RESTATE_WORKER__SNAPSHOTS__AWS_SECRET_ACCESS_KEY": "drill",
        "RESTATE_WORKER__SNAPSHOTS__AWS_ENDPOINT_URL": endpoint,
        "RESTATE_WORKER__SNAPSHOTS__AWS_ALLOW_HTTP": "true",
    }


def snapshots(bucket: str) -> set[str]:
    """The partitions of which there is one."""
    listed = httpx.get(bucket, params={"list-type": "2"}, trust_env=False).text
    return set(re.findall(r"<Key>snapshots/(\d+)/latest", listed))
