"""What docs/ says is so: commands run, quotations are in a rendered project, tables are what the code does."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from dev.template.updating import YOURS
from tests.rendering import TEMPLATE, Project, clone_without_releases, commit, git, render

DOCS = sorted((TEMPLATE / "docs").glob("*.md"))


def text_of(page: str) -> str:
    return (TEMPLATE / "docs" / page).read_text()


def blocks(text: str) -> list[tuple[str, str]]:
    """Language (with what follows it) and content of each block."""
    return [(token.info, token.content) for token in MarkdownIt().parse(text) if token.type == "fence"]


def run_blocks(text: str, where: Path, template: Path) -> None:
    """Runs the commands of a page as a reader would: in order, in one shell. Of the tests, few."""
    script = ["set -u"]
    for language, content in blocks(text):
        if language == "sh":
            script += ["set -e", content]
        elif language == "sh fails":
            script += ["set +e", content, "test $? -ne 0 || exit 99"]
    environment = {"TEMPLATE": str(template), "ARGS": "tests/durable/test_policy.py", "RESTATE_TEST_SERVER": "native"}
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=where,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout


@pytest.fixture
def project(shop: Project, template: Path, tmp_path: Path) -> Project:
    """The shop, of a template of its own."""
    clone = clone_without_releases(template, tmp_path / "template")
    project = render(clone, tmp_path / "project")
    commit(project.path)
    (project.path / ".venv").symlink_to(shop.path / ".venv")
    (project.path / ".git" / "info" / "exclude").write_text(".venv\nuv.lock\n")
    os.utime(project.path / "pyproject.toml", (0, 0))  # what it depends on is installed
    return project


def test_quotations_are_in_a_rendered_project(template: Path, tmp_path: Path) -> None:
    project = render(template, tmp_path / "project")
    render(template, project.path, component="object", name="wishlist")
    quoted = 0
    for page in DOCS:
        for language, content in blocks(page.read_text()):
            kind, _, path = language.partition(" ")
            assert kind in ("sh", "python"), f"{page.name}: a block of another language is not tested"
            if kind == "python":
                assert content in (project.path / path).read_text(), f"{page.name}: {path} reads otherwise"
                quoted += 1
    assert quoted > 1


def test_links_lead_somewhere() -> None:
    for page in [*DOCS, TEMPLATE / "README.md"]:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
            assert "://" in target or (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_table_of_owners_is_what_updates_go_by() -> None:
    rows = re.findall(r"^\| (.+) \| yours \| ", text_of("updates.md"), re.MULTILINE)
    documented = {path for row in rows for path in re.findall(r"`([^`]+)`", row)}
    assert documented == set(YOURS)


def test_whose_files_are_skipped_is_the_same_everywhere() -> None:
    skipped = re.findall(r"--skip (\S+)", text_of("adopt.md"))
    assert {path for path in YOURS if not path.startswith("tests/") or path == "tests/"} == set(skipped)


@pytest.mark.slow
def test_a_project_starts_as_described(template: Path, tmp_path: Path) -> None:
    run_blocks(text_of("start.md"), tmp_path, template)


@pytest.mark.slow
def test_a_component_comes_and_goes_as_described(project: Project, template: Path) -> None:
    run_blocks(text_of("components.md"), project.path, template)
    assert git(project.path, "status", "--porcelain") == ""


def test_an_update_goes_as_described(project: Project, template: Path, tmp_path: Path) -> None:
    """The first without a conflict, the second with one."""
    clone = tmp_path / "template"
    change(clone / "template" / "app.py", "One ASGI app", "An ASGI app")
    commit(clone)
    first, heading, second = text_of("updates.md").partition("## Conflicts")
    assert heading
    run_blocks(first, project.path, template)
    assert "An ASGI app" in (project.path / "app.py").read_text()

    change(clone / "template" / "app.py", "An ASGI app", "The ASGI app")
    commit(clone)
    change(project.path / "app.py", "An ASGI app", "My ASGI app")
    mine = commit(project.path)
    run_blocks(second, project.path, template)
    assert git(project.path, "rev-parse", "HEAD").strip() == mine
    assert git(project.path, "status", "--porcelain") == ""
    assert "My ASGI app" in (project.path / "app.py").read_text()


def test_existing_code_is_adopted_as_described(shop: Project, template: Path, tmp_path: Path) -> None:
    existing = tmp_path / "existing"
    (existing / "services").mkdir(parents=True)
    (existing / "README.md").write_text("# Ours\n")
    (existing / "pyproject.toml").write_text("[project]\nname = 'ours'\n")
    greeter = "import restate\n\ngreeter = restate.Service('Greeter')\n"
    (existing / "services" / "greeter.py").write_text(greeter)
    commit(existing)
    shutil.copytree(shop.path / ".venv", existing / ".venv", symlinks=True)
    run_blocks(text_of("adopt.md"), existing, template)
    assert (existing / "README.md").read_text() == "# Ours\n"
    assert (existing / "services" / "greeter.py").read_text() == greeter
    assert "Corner Shop" not in (existing / "README.md").read_text()
    assert "M pyproject.toml" in git(existing, "status", "--porcelain")
    served = Project(existing).run("python", "-c", "import app; print([c.name for c in app.components()])")
    assert served.strip() == "['Greeter']"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
