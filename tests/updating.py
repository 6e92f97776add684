"""What the tests of updates do to projects, and look at."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from dev.template.updating import Update, Updated
from tests.rendering import KINDS, Project, render

MINE = "mine, and no template's"


def update(project: Project, version: str = "", *, discard_edits: bool = False, **answers: str) -> Updated:
    return Update(project.path, version, answers).run(discard_edits=discard_edits)


def contents(project: Project) -> dict[str, bytes]:
    """Every file with what it holds."""
    return {
        str(path.relative_to(project.path)): path.read_bytes()
        for path in project.path.rglob("*")
        if path.is_file()
        and not {".git", ".venv", "__pycache__", "uv.lock"} & set(path.relative_to(project.path).parts)
    }


def with_components(template: Path, project: Project, ref: str, kinds: Iterable[str] = KINDS) -> Project:
    """As `make add` leaves them: rendered from the version that the project has."""
    for kind in kinds:
        render(template, project.path, ref, component=kind, name=KINDS[kind])
    return project


def make(project: Project, shop: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What `make` does in a project, with the environment of another one."""
    if not (project.path / ".venv").exists():
        (project.path / ".venv").symlink_to(shop.path / ".venv")
        with (project.path / ".git" / "info" / "exclude").open("a") as file:
            file.write(".venv\n")
    command = ["make", "--assume-old=pyproject.toml", *arguments]  # what it depends on is installed
    return subprocess.run(command, cwd=project.path, capture_output=True, text=True, timeout=120)


def edit(path: Path) -> None:
    """Adds a line in front of everything, in the file's own language."""
    comment = f"<!-- {MINE} -->\n" if path.suffix == ".md" else f"# {MINE}\n"
    path.write_text(comment + path.read_text())
