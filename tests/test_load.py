"""`make load`, at a size that is over soon."""

import os
import subprocess

import pytest

from tests.rendering import Project

pytestmark = pytest.mark.slow


def test_no_order_fails_under_load(shop: Project) -> None:
    environment = os.environ | {"RESTATE_TEST_SERVER": "native", "LEVELS": "1,10", "SLEEPING": "5"}
    python = str(shop.path / ".venv" / "bin" / "python")
    command = [python, "-m", "dev.load"]
    done = subprocess.run(command, cwd=shop.path, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no order failed, none was lost, and the books agree" in done.stdout


@pytest.mark.parametrize("wrong", [{"LEVELS": "1,many"}, {"SLEEPING": "-1"}])
def test_wrong_options_are_named(shop: Project, wrong: dict[str, str]) -> None:
    python = str(shop.path / ".venv" / "bin" / "python")
    environment = os.environ | wrong
    command = [python, "-m", "dev.load"]
    done = subprocess.run(command, cwd=shop.path, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2, done.stdout
    ((name, value),) = wrong.items()
    assert f"{name}={value}: give" in done.stdout
