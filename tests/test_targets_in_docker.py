"""What is made for Docker runs there: the image, two versions by Compose, and a cluster of three nodes."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.rendering import TEMPLATE, Project, run
from tests.test_projects import docker_answers
from tests.test_targets import AS_INSTALLED
from tests.waiting import eventually

PORTS = {"INGRESS_PORT": "18680", "ADMIN_PORT": "19670"}
COLLECTOR = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}
"""Nobody listens there; that must not hold anything up."""
INGRESS, ADMIN = (f"http://127.0.0.1:{port}" for port in PORTS.values())

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


@pytest.fixture(scope="session")
def shipped(deployed: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with an identity, production's settings, and its images built as `v1`."""
    if not docker_answers():
        pytest.skip("no Docker engine answers")
    project = deployed.copied(tmp_path_factory.mktemp("shipped") / "project")
    key = project.path / "identity.pem"
    run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(key)], project.path)
    der = subprocess.check_output(["openssl", "pkey", "-in", str(key), "-pubout", "-outform", "DER"])
    settings = [f"{name}={value}" for name, value in COLLECTOR.items()]
    required = ("PAYMENT_URL", "CARRIER_URL", "MAIL_URL", "PAYMENT_CALLBACK_URL", "PAYMENT_WEBHOOK_SECRET")
    settings += [f"{name}=https://elsewhere.example" for name in required]
    settings += ["DATABASE_URL=sqlite+aiosqlite:////tmp/shop.db", f"IDENTITY_KEYS=publickeyv1_{base58(der[-32:])}"]
    (project.path / ".env.production").write_text("\n".join(settings) + "\n")
    make(project, "image", RELEASE="v1")
    return project


def base58(data: bytes) -> str:
    number, digits = int.from_bytes(data), ""
    while number:
        number, digit = divmod(number, 58)
        digits = BASE58[digit] + digits
    return digits


def make(project: Project, *targets: str, **variables: str) -> str:
    docker = with_buildkit()
    compose = str(project.path / ".venv" / "bin" / "docker-compose")
    arguments = [f"DOCKER={docker}", f"COMPOSE={compose}", "BUILD_ARGS=--network=host", *AS_INSTALLED]
    return project.make(*targets, *arguments, DOCKER_BUILDKIT="1", **PORTS, **COLLECTOR, **variables)


def with_buildkit() -> str:
    """A client that has BuildKit inside, or as its plugin; newer ones come without either."""
    for client in (shutil.which("docker"), "/usr/bin/docker"):
        if client and Path(client).exists():
            version = docker("version", "--format", "{{.Client.Version}}", client=client)
            plugin = subprocess.run([client, "buildx", "version"], capture_output=True).returncode == 0
            if plugin or int(version.split(".")[0]) < 23:
                return client
    raise AssertionError("no docker client has BuildKit: install its plugin buildx")


def docker(*arguments: str, client: str = "docker") -> str:
    return run([client, *arguments], TEMPLATE).strip()


def state(container: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(docker("inspect", "--format", "{{json .State}}", container))
    return found


@pytest.mark.slow
def test_the_image_runs_without_any_privilege_and_stops_at_once(shipped: Project) -> None:
    limits = ["--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--tmpfs=/tmp", "--memory=256m"]
    settings = ["--env-file", str(shipped.path / ".env.production")]
    container = docker("run", "--detach", *limits, *settings, "corner-shop:v1")
    try:
        eventually(lambda: state(container)["Health"]["Status"] == "healthy", "the container is healthy", 60)
        assert docker("exec", container, "id", "--user") == "10001"
        files = {*docker("exec", container, "ls", "-A", "/app").split()}
        assert {"app.py", "serve.py", "services"} <= files
        assert not {".env.production", "identity.pem", "tests", "dev", ".git"} & files
        started = time.monotonic()
        docker("stop", "--time", "10", container)
        assert time.monotonic() - started < 2
        assert state(container)["ExitCode"] == 0
    finally:
        docker("rm", "--force", container)


@pytest.fixture
def composed(shipped: Project) -> Iterator[Project]:
    """Nothing of it runs before or after."""

    def down() -> None:
        for project in ("corner-shop-v1", "corner-shop-v2", "corner-shop"):
            compose = [str(shipped.path / ".venv" / "bin" / "docker-compose"), "--project-name", project]
            subprocess.run([*compose, "down", "--volumes", "--timeout", "1"], capture_output=True, timeout=120)

    down()
    yield shipped
    down()


def restocked(quantity: int) -> Any:
    """What there is then. A node that dies may break a connection: the same request again, by its key."""
    key = str(uuid.uuid4())
    answers: list[httpx.Response] = []

    def answered() -> bool:
        url, headers = f"{INGRESS}/Inventory/teapot/restock", {"idempotency-key": key}
        with contextlib.suppress(httpx.TransportError):
            answers.append(httpx.post(url, json={"quantity": quantity}, headers=headers, trust_env=False, timeout=30))
        return bool(answers)

    eventually(answered, "a restock is answered", 60)
    return answers[0].raise_for_status().json()["available"]


def registered(version: str) -> None:
    body = {"uri": f"http://service-{version}:9080", "force": False}
    answer = httpx.post(f"{ADMIN}/v3/deployments", json=body, trust_env=False, timeout=30)
    assert answer.status_code == 201, answer.text


def server_is_well() -> bool:
    """Its two ports are: Docker takes connections to each before the server listens, and drops them."""
    try:
        urls = (f"{ADMIN}/health", f"{INGRESS}/restate/health")
        return all(httpx.get(url, trust_env=False).status_code == 200 for url in urls)
    except httpx.HTTPError:
        return False


@pytest.mark.slow
@pytest.mark.skipif(not (TEMPLATE / "template/deploy/__main__.py").exists(), reason="needs the rollout command")
def test_compose_brings_versions_up_beside_each_other(composed: Project) -> None:
    make(composed, "up", RELEASE="v1")
    assert restocked(3) == 3
    make(composed, "release", RELEASE="v2")
    assert restocked(2) == 5
    running = docker("ps", "--format", "{{.Names}}").split()
    assert {"corner-shop-restate-1", "corner-shop-v1-service-1", "corner-shop-v2-service-1"} <= {*running}
    addresses = [
        each["uri"].rstrip("/") for each in httpx.get(f"{ADMIN}/v3/deployments", trust_env=False).json()["deployments"]
    ]
    assert sorted(addresses) == ["http://service-v1:9080", "http://service-v2:9080"]


@pytest.fixture
def bucket(tmp_path: Path) -> Iterator[str]:
    """The URL of a store that speaks S3, as containers reach it; it has a bucket `restate`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["uvx", "--from", "moto[server,s3]>=5,<6", "moto_server", "--host", "0.0.0.0", "--port", str(port)]
    with (tmp_path / "moto.log").open("wb") as log:
        moto = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        local = f"http://127.0.0.1:{port}"
        eventually(lambda: made(f"{local}/restate"), "the bucket is made", 120)
        yield f"http://{this_machine()}:{port}"
    finally:
        os.killpg(moto.pid, 15)
        moto.wait(10)


def this_machine() -> str:
    """Its address for containers; an engine that has just started does not know it itself."""
    (address,) = [each.address for each in psutil.net_if_addrs()["docker0"] if each.family is socket.AF_INET]
    return address


def made(url: str) -> bool:
    try:
        return httpx.put(url, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


HOURLY = 'snapshot-interval = "60m"\nsnapshot-interval-num-records = 100000\n'


@pytest.mark.slow
def test_a_cluster_takes_snapshots_and_survives_the_loss_of_a_node(composed: Project, bucket: str) -> None:
    store = {
        "SNAPSHOTS": "s3://restate/snapshots",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "RESTATE_WORKER__SNAPSHOTS__AWS_ENDPOINT_URL": bucket,
        "RESTATE_WORKER__SNAPSHOTS__AWS_ALLOW_HTTP": "true",
    }
    settings = composed.path / "deploy" / "cluster" / "restate.toml"
    settings.write_text(settings.read_text().replace(HOURLY, "snapshot-interval-num-records = 1\n"))
    make(composed, "cluster", **store)
    composed.run(
        "docker-compose", "--file", "deploy/compose.yaml", "--project-name", "corner-shop-v1",
        "up", "--detach", "--wait", "--no-deps", "service",
        BESIDE="true", RELEASE="v1", RESTATE_VERSION="is-not-needed", **COLLECTOR,
    )  # fmt: skip
    eventually(server_is_well, "the cluster answers", 60)
    registered("v1")
    counts = [restocked(1) for _ in range(20)]
    docker("kill", "corner-shop-restate-3-1")
    counts += [restocked(1) for _ in range(20)]
    assert counts == list(range(1, 41))
    listing = bucket.replace(bucket.split("//")[1].split(":")[0], "127.0.0.1") + "/restate?list-type=2"
    eventually(lambda: "<Key>snapshots/" in httpx.get(listing, trust_env=False).text, "there are snapshots", 150)
