"""What the alert rules ask for is there in a live scrape: a renamed metric would be an alert that never comes."""

import re
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import yaml
from prometheus_client.samples import Sample

from deploy.status import STUCK_RETRIES
from dev import restate_server
from dev.ports import free_port
from dev.process import Process
from dev.project import ROOT
from dev.restate_server.native import NativeServer
from tests.drills.metrics import scrape, selected, selectors
from tests.drills.rehearsal import Rehearsal
from tests.drills.runbook import RUNBOOK

FILE = ROOT / "deploy" / "alerts.yaml"
RULES: list[dict[str, Any]] = [rule for group in yaml.safe_load(FILE.read_text())["groups"] for rule in group["rules"]]

BY_PROMETHEUS = "up"
"""What Prometheus adds to each scrape itself."""


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Sample]]:
    """Scraped while work is paused, work is stuck, and work waits for a deployment that was deleted."""
    directory = tmp_path_factory.mktemp("scraped")
    with ExitStack() as processes:
        server = processes.enter_context(restate_server.start("native", data=directory / "data"))
        assert isinstance(server, NativeServer)
        rehearsal = Rehearsal(server, directory, processes)
        rehearsal.registered("first")
        rehearsal.reaches(rehearsal.send("give_up", "x"), "paused")
        rehearsal.retried(rehearsal.send("try_hard", "x"), STUCK_RETRIES)
        lost = rehearsal.registered("second")
        rehearsal.send("nap", 600)
        rehearsal.registered("first")
        server.admin.request("DELETE", f"/v3/deployments/{lost}", force="true")
        address = f"127.0.0.1:{free_port()}"
        command = [sys.executable, "-m", "deploy", "metrics", "--admin", server.admin_url, "--listen", address]
        exporter = processes.enter_context(Process("exporter", command, log=directory / "exporter.log"))
        exporter.wait_until_healthy(f"http://{address}/metrics")
        yield [*scrape(server.metrics_url), *scrape(f"http://{address}/metrics")]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_what_a_rule_asks_for_is_there(rule: dict[str, Any], samples: list[Sample]) -> None:
    asked = selectors(rule["expr"])
    assert asked
    for selector in asked:
        assert selector.name == BY_PROMETHEUS or selected(selector, samples), f"no series is {selector.prettify()}"


def test_what_needs_a_person_is_counted(samples: list[Sample]) -> None:
    def total(name: str, **labels: str) -> float:
        return sum(each.value for each in samples if each.name == name and labels.items() <= each.labels.items())

    assert total("deploy_paused_invocations") == 1
    assert total("deploy_stuck_invocations") == 1
    assert total("deploy_invocations", state="draining") == 2
    assert total("deploy_invocations", state="deleted") == 1
    (oldest,) = selected(selectors('deploy_oldest_invocation_timestamp_seconds{state="draining"}')[0], samples)
    assert 0 < time.time() - oldest.value < 600


def test_a_metric_that_is_not_there_would_be_seen(samples: list[Sample]) -> None:
    (renamed,) = selectors("sum(rate(restate_invoker_invocation_task_total[10m])) > 1")
    assert not selected(renamed, samples)
    (unknown,) = selectors('restate_failure_detector_nodes_total{state="gone"} > 0')
    assert not selected(unknown, samples)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_says_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"]["summary"]
    if runbook := rule["annotations"].get("runbook"):
        headings = re.findall(r"^## (.+)$", RUNBOOK.read_text(), re.MULTILINE)
        anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
        file, _, anchor = runbook.partition("#")
        assert (ROOT / file, anchor in anchors) == (RUNBOOK, True)
