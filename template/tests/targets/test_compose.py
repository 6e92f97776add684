"""What Compose makes of its files: names, addresses and limits are fixed, and versions stand side by side."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dev.project import ROOT, pinned_server_version

COMPOSE = str(Path(sys.executable).parent / "docker-compose")
IMAGE = f"restatedev/restate:{pinned_server_version()}"
VARIABLES = {
    "RESTATE_VERSION": pinned_server_version(),
    "RELEASE": "v2",
    "SNAPSHOTS": "s3://bucket/snapshots",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318",
}


def compose(file: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [COMPOSE, "--file", f"deploy/{file}", "config", "--no-env-resolution", "--format", "json"]
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **variables}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


def resolved(file: str, **variables: str) -> dict[str, Any]:
    done = compose(file, **VARIABLES, **variables)
    assert done.returncode == 0, done.stderr
    config: dict[str, Any] = json.loads(done.stdout)
    return config


def test_the_server_is_the_pinned_one_and_open_to_this_machine_only() -> None:
    server = resolved("compose.yaml")["services"]["restate"]
    assert server["image"] == IMAGE
    assert {port["host_ip"] for port in server["ports"]} == {"127.0.0.1"}


def test_each_version_has_an_address_of_its_own() -> None:
    config = resolved("compose.yaml", BESIDE="true")
    assert config["services"]["service"]["networks"]["default"]["aliases"] == ["service-v2"]
    assert "http://service-v2:9080" in config["services"]["register"]["command"]
    assert config["networks"]["default"]["external"] is True


def test_the_service_has_no_privileges() -> None:
    service = resolved("compose.yaml")["services"]["service"]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_the_nodes_of_a_cluster_are_apart_and_alike() -> None:
    nodes = resolved("compose.cluster.yaml")["services"]
    environments = [node["environment"] for node in nodes.values()]
    assert [each["RESTATE_NODE_NAME"] for each in environments] == list(nodes)
    assert len({each["RESTATE_LOCATION"] for each in environments}) == 3
    assert [each["RESTATE_AUTO_PROVISION"] for each in environments] == ["true", "false", "false"]
    assert {each["RESTATE_WORKER__SNAPSHOTS__DESTINATION"] for each in environments} == {"s3://bucket/snapshots"}
    assert {node["image"] for node in nodes.values()} == {IMAGE}


@pytest.mark.parametrize(
    ("file", "missing"),
    [("compose.yaml", "RESTATE_VERSION"), ("compose.yaml", "RELEASE"), ("compose.cluster.yaml", "SNAPSHOTS")],
)
def test_what_is_missing_is_named(file: str, missing: str) -> None:
    done = compose(file, **{name: value for name, value in VARIABLES.items() if name != missing})
    assert done.returncode != 0
    assert f'variable "{missing}"' in done.stderr or f"variable {missing} " in done.stderr
