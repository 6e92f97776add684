"""A rendered project passes its own checks and tests, and serves as its README says."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.rendering import QUESTIONS, Project, render
from tests.waiting import answered

STARTERS = pytest.mark.parametrize("starter", ["shop", "blank"])


@pytest.fixture
def project(request: pytest.FixtureRequest, starter: str) -> Project:
    rendered: Project = request.getfixturevalue(starter)
    return rendered


@STARTERS
def test_a_render_passes_its_checks(project: Project) -> None:
    project.make("check")
    project.run("ruff", "format", "--check", ".")
    assert "0 errors, 0 warnings" in project.run("pyright")


@STARTERS
@pytest.mark.parametrize("python_version", QUESTIONS["python_version"]["choices"][1:])
def test_a_render_for_a_newer_python_passes_too(
    shop: Project, template: Path, tmp_path: Path, starter: str, python_version: str
) -> None:
    """With the tools of the oldest: a checker need not run on the version it checks for."""
    newer = render(template, tmp_path / "project", starter=starter, python_version=python_version)
    (newer.path / ".venv").symlink_to(shop.path / ".venv")
    newer.run("ruff", "format", "--check", ".")
    newer.run("ruff", "check", ".")
    newer.run("mypy", ".")


@pytest.mark.slow
@STARTERS
@pytest.mark.parametrize("server", ["native", "docker"])
def test_a_render_passes_its_tests(project: Project, server: str) -> None:
    if server == "docker" and not docker_answers():
        pytest.skip("no Docker engine answers")
    assert " passed" in project.make("test", RESTATE_TEST_SERVER=server)


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


def docker_answers() -> bool:
    """In CI it must: there the tests do not leave a lane out silently."""
    if os.environ.get("CI"):
        return True
    try:
        return subprocess.run(["docker", "info"], capture_output=True, timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
