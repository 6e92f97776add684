"""On a machine with Python, make, git and npm, and nothing else; and on one that lacks even npm."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rendering import TEMPLATE, Project, render

pytestmark = pytest.mark.slow

LACKING = ("uv", "uvx", "docker", "dockerd", "copier")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A directory with what this machine's PATH has, except for what a fresh one lacks."""
    bare = tmp_path / "bin"
    bare.mkdir()
    for directory in os.environ["PATH"].split(os.pathsep):
        for program in sorted(Path(directory).glob("*")) if Path(directory).is_dir() else []:
            # a Python is added below: those of version managers and environments need more than a link
            if program.name not in LACKING and not program.name.startswith(("python", "pip")):
                link = bare / program.name
                if not link.exists() and os.access(program, os.X_OK) and ".venv" not in program.parts:
                    link.symlink_to(program)
    for name in ("python3", "python"):
        (bare / name).symlink_to(Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}")
    return bare


def fresh(path: Path, home: Path) -> dict[str, str]:
    """An empty home, and no engine of Docker's; how this machine reaches its package registries stays."""
    home.mkdir()
    for name in (".config", ".npmrc"):
        if (Path.home() / name).exists():
            (home / name).symlink_to(Path.home() / name)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "RESTATE_"))}
    return kept | {"PATH": str(path), "HOME": str(home), "DOCKER_HOST": "unix:///nonexistent/docker.sock"}


def make(where: Path, target: str, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", target, *arguments], cwd=where, env=environment, capture_output=True, text=True, timeout=600
    )


def test_the_template_s_demo_installs_what_it_needs(template: Path, tmp_path: Path, path: Path) -> None:
    checkout = tmp_path / "checkout"
    shutil.copytree(template, checkout)
    done = make(checkout, "demo", fresh(path, tmp_path / "home"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "each effect exactly once" in done.stdout
    assert (checkout / ".tools" / "bin" / "uv").is_file()
    assert "Docker" not in done.stderr


def test_a_project_installs_what_it_needs(template: Path, tmp_path: Path, path: Path) -> None:
    project = render(template, tmp_path / "project")
    done = make(project.path, "test", fresh(path, tmp_path / "home"), "ARGS=tests/objects/test_cart.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_without_npm_and_docker_the_message_says_what_to_install(shop: Project, tmp_path: Path, path: Path) -> None:
    for program in ("npm", "node", "npx"):
        (path / program).unlink(missing_ok=True)
    environment = fresh(path, tmp_path / "home")
    uv = shutil.which("uv") or str(TEMPLATE / ".tools" / "bin" / "uv")
    for target in ("test", "demo", "dev"):
        done = make(shop.path, target, environment, f"UV={uv}")
        assert done.returncode != 0
        printed = done.stdout + done.stderr
        assert printed.count("install Node.js") <= 2, printed
        assert "no way to run a Restate server here: install Node.js (its npm fetches the server), or start" in printed
        assert "Traceback" not in printed
