"""Three nodes under load lose one, as if its machine was gone."""

from contextlib import ExitStack
from pathlib import Path

from tests.drills.cluster import Cluster, Node
from tests.drills.load import load
from tests.drills.metrics import scrape, selected, selectors
from tests.drills.rehearsal import Rehearsal


def test_a_cluster_loses_a_node_and_no_call(tmp_path: Path, processes: ExitStack) -> None:
    here, lost, other = Cluster(tmp_path, processes).nodes
    rehearsal = Rehearsal(here, tmp_path, processes)
    rehearsal.registered("first")
    naps = [rehearsal.send("nap", 5) for _ in range(10)]
    with load([node.ingress_url for node in (lost, here, other)], "Orders/which", None) as calls:
        rehearsal.until(lambda: calls.answered > 20, "calls are answered")
        lost.kill()
        rehearsal.follow("node-lost-health", NODE=lost.admin_url)
        rehearsal.until(here.admin.answers_queries, "each partition has a leader again")
        rehearsal.follow("node-lost-cluster")
        rehearsal.until(lambda: dead_nodes(here) == 1, "the node counts as dead")
        before = calls.answered
        rehearsal.until(lambda: calls.answered > before + 20, "calls are answered by the others")
    assert calls.failures == []
    for nap in naps:
        rehearsal.reaches(nap, "completed")
        assert rehearsal.invocation(nap)["completion_result"] == "success"

    lost.restart()
    rehearsal.follow("node-lost-back", NODE=lost.admin_url)
    assert Rehearsal(lost, tmp_path, processes).call("which") == "first"


def dead_nodes(seen_by: Node) -> float:
    """What the alert for it goes by."""
    (selector,) = selectors('restate_failure_detector_nodes_total{state="dead"}')
    return sum(sample.value for sample in selected(selector, scrape(seen_by.metrics_url)))
