"""A rendered project passes its own checks and tests, and serves as its README says."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.rendering import KINDS, Project, add, render
from tests.waiting import answered


@pytest.mark.slow
def test_a_render_passes_its_tests_in_containers(shop: Project) -> None:
    """tests/test_matrix.py runs them against the native server; a blank project's are among these."""
    if not docker_answers():
        pytest.skip("no Docker engine answers")
    assert " passed" in shop.make("test", RESTATE_TEST_SERVER="docker")


@pytest.mark.slow
def test_components_pass_their_tests_in_a_blank_project(grown: Project) -> None:
    """All that there is, for garbage finds their handlers too."""
    assert " passed" in grown.make("test", RESTATE_TEST_SERVER="native")


@pytest.mark.slow
def test_components_pass_their_tests_beside_the_shop(shop: Project, tmp_path: Path) -> None:
    project = shop.copied(tmp_path / "project")
    for kind, name in KINDS.items():
        add(project, kind, name)
    project.make("check")
    tests = " ".join(f"tests/*/test_{name}.py" for name in KINDS.values())
    project.make("test", f"ARGS={tests} tests/test_garbage.py tests/test_settings.py", RESTATE_TEST_SERVER="native")


@pytest.mark.slow
def test_a_newer_python_will_do(template: Path, tmp_path: Path) -> None:
    """The newest that uv finds, without downloading any."""
    python = subprocess.run(["uv", "python", "find", "--no-python-downloads", ">=3.12"], capture_output=True, text=True)
    if python.returncode:
        pytest.skip("no newer Python than 3.11 is installed")
    newer = {"UV_PYTHON": python.stdout.strip()}
    project = render(template, tmp_path / "project", python_version="3.12")
    project.make("setup", **newer)
    project.make("check", **newer)
    project.make("test", ARGS="tests/workflows tests/durable/test_typed.py", RESTATE_TEST_SERVER="native", **newer)


def test_the_service_stops_at_once(shop: Project, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"PORT": str(port), "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}"}
    command = ["uv", "run", "--no-sync", "python", "-m", "serve"]
    with subprocess.Popen(command, cwd=shop.path, env=environment) as service:
        try:
            assert answered(f"http://127.0.0.1:{port}/health")
            started = time.monotonic()
            service.send_signal(signal.SIGTERM)
            assert service.wait(10) == 0
            assert time.monotonic() - started < 2
        finally:
            service.kill()


def test_only_a_project_with_a_sandbox_asks_for_its_port(shop: Project, tmp_path: Path) -> None:
    assert "--sandbox-port" in shop.run("python", "-m", "dev", "--help")
    project = shop.copied(tmp_path / "project")
    shutil.rmtree(project.path / "dev" / "provider")
    assert "--sandbox-port" not in project.run("python", "-m", "dev", "--help")


def docker_answers() -> bool:
    """In CI it must: there the tests do not leave a lane out silently."""
    if os.environ.get("CI"):
        return True
    try:
        return subprocess.run(["docker", "info"], capture_output=True, timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
