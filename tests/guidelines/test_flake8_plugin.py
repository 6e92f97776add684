"""Switched on as docs/guidelines.md says, flake8 shows findings beside the code."""

import re
import subprocess
import sys
from pathlib import Path

from tests.guidelines.conftest import Build

TEMPLATE = Path(__file__).parents[2] / "template"

INTRODUCTION = (TEMPLATE / "guidelines" / "introduction.md").read_text()


def test_flake8_shows_what_is_found(build: Build) -> None:
    [settings] = re.findall(r"```ini\n(.*?)```", INTRODUCTION, re.DOTALL)
    source = "x = 1\ny = 2  # guidelines: ignore[no-timout] because\n"
    root = build(
        {".flake8": settings, "pyproject.toml": "[tool.guidelines]\n", "a/b.py": source, "c.py": "import os\n"}
    )
    (root / "guidelines").symlink_to(TEMPLATE / "guidelines")
    command = [sys.executable, "-m", "flake8", "a", "c.py"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert done.stdout == (
        "a/b.py:2:1: GL1 unknown-rule-in-suppression: there is no rule 'no-timout'; the nearest is 'no-timeout'. "
        "Take the name from the finding; `python -m guidelines list` has them all.\n"
    )
