"""Every command block of both READMEs is run, as a reader would: in order, in one folder, in one shell per block."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.rendering import TEMPLATE, Project, run
from tests.waiting import answered, eventually

pytestmark = pytest.mark.slow

DEV = "make dev"
INGRESS = "http://127.0.0.1:8080/restate/health"


def blocks(readme: Path, language: str = "sh") -> list[str]:
    tokens = MarkdownIt().parse(readme.read_text())
    fences = [token for token in tokens if token.type == "fence"]
    assert {token.info for token in fences} <= {"sh", "python"}, "a block of another language is not tested"
    return [token.content for token in fences if token.info == language]


def run_block(block: str, where: Path, few: str = "tests/durable/test_typed.py") -> None:
    """With few of the tests that `make test` runs: tests/test_projects.py runs them all."""
    run(["bash", "-euo", "pipefail", "-c", block], where, {"RESTATE_TEST_SERVER": "native", "ARGS": few})


def test_the_template_s(template: Path, tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    run(["git", "clone", "--quiet", str(template), str(checkout)], tmp_path)
    *commands, own = blocks(TEMPLATE / "README.md")
    for block in commands:
        run_block(block, checkout)
    run_block(own, checkout, "tests/test_render.py")


@pytest.mark.parametrize("starter", ["shop", "blank"])
def test_a_project_s(request: pytest.FixtureRequest, tmp_path: Path, starter: str) -> None:
    rendered: Project = request.getfixturevalue(starter)
    project = rendered.copied(tmp_path / "project")
    for file in blocks(project.path / "README.md", "python"):
        path = file.splitlines()[0].removeprefix("# ")
        (project.path / path).write_text(file)
    environment = os.environ | {"RESTATE_TEST_SERVER": "native"}
    first, *others = blocks(project.path / "README.md")
    assert first.strip() == DEV
    with (tmp_path / "dev.log").open("wb") as log:
        dev = subprocess.Popen(
            ["make", "dev"], cwd=project.path, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        assert answered(INGRESS), (tmp_path / "dev.log").read_text()
        eventually(lambda: "restarts on change" in (tmp_path / "dev.log").read_text(), "the service is registered")
        for block in others:
            run_block(block, project.path)
    finally:
        os.killpg(dev.pid, signal.SIGINT)
        dev.wait(20)
