"""Renders the template as a user does: trust-free, and never with an answer that no question asks for."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import copier
import yaml

TEMPLATE = Path(__file__).resolve().parents[1]

SETTINGS: dict[str, Any] = yaml.safe_load((TEMPLATE / "copier.yml").read_text())

KINDS = {"service": "tickets", "object": "wishlist", "workflow": "leave", "saga": "trip", "webhook": "stripe"}
"""Kinds of components, with a name for one of each."""

QUESTIONS: dict[str, dict[str, Any]] = {name: value for name, value in SETTINGS.items() if not name.startswith("_")}


def git(where: Path, *arguments: str) -> str:
    """What git prints; an error says what it printed too."""
    return run(["git", *arguments], where)


OF_MAKE = ("MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS", "ARGS")
"""What `make test ARGS=…` here would have a project's own make do as well."""


def run(
    command: list[str],
    where: Path,
    environment: Mapping[str, str] | None = None,
    *,
    timeout: float = 600,
    code: int = 0,
) -> str:
    """What a command prints, errors included.

    Raises:
        AssertionError: it ended with another code than `code`, or not within `timeout` seconds.
    """
    variables = {name: value for name, value in os.environ.items() if name not in OF_MAKE} | dict(environment or {})
    try:
        done = subprocess.run(
            command,
            cwd=where,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
        )
    except subprocess.TimeoutExpired as error:
        raise AssertionError(f"{command} not within {timeout:g} s: {error.output}") from None
    assert done.returncode == code, f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}"
    return done.stdout


@dataclass(frozen=True)
class Project:
    """A rendered project."""

    path: Path

    def set_up(self) -> "Project":
        """Installs what it depends on; unlike `make setup` it compiles nothing that is not imported anyway."""
        run(["uv", "sync", "--quiet"], self.path)
        (self.path / ".venv" / ".synced").touch()
        return self

    def make(self, *arguments: str, **environment: str) -> str:
        """What `make` prints."""
        return run(["make", *arguments], self.path, environment)

    def run(self, *command: str, **environment: str) -> str:
        """What a command prints that is installed in the project's environment."""
        return run([str(self.path / ".venv" / "bin" / command[0]), *command[1:]], self.path, environment)

    def fails(self, *command: str, environment: Mapping[str, str] | None = None, code: int = 1) -> str:
        """What a command prints that is installed in the project's environment, and must end with `code`."""
        return run([str(self.path / ".venv" / "bin" / command[0]), *command[1:]], self.path, environment, code=code)

    def replace(self, file: str, changes: Mapping[str, str]) -> None:
        """Changes the source of a file; each key must be in it exactly once."""
        source = (self.path / file).read_text()
        for old, new in changes.items():
            assert source.count(old) == 1, f"{file} has changed: adapt {old!r}"
            source = source.replace(old, new)
        (self.path / file).write_text(source)

    def copied(self, where: Path) -> "Project":
        """The same project once more, for a test that changes it. They share the environment."""
        shutil.copytree(self.path, where, ignore=shutil.ignore_patterns(".venv", "__pycache__"))
        (where / ".venv").symlink_to(self.path / ".venv")
        return Project(where)

    def files(self) -> list[Path]:
        """Every file, relative to the project. Ask before it is set up."""
        return sorted(path.relative_to(self.path) for path in self.path.rglob("*") if path.is_file())


def clone_without_releases(template: Path, where: Path) -> Path:
    """A template that one test may commit to: without releases, its newest commit is its newest version."""
    git(where.parent, "clone", "--quiet", "--shared", str(template), str(where))
    if tags := git(where, "tag").split():
        git(where, "tag", "--delete", *tags)
    return where


def commit(where: Path, message: str = "Whatever is new") -> str:
    """Commits everything, in a repository that is made if there is none; returns the commit."""
    if not (where / ".git").exists():
        git(where, "init", "--quiet")
    git(where, "add", "--all")
    git(where, "commit", "--quiet", "--message", message)
    return git(where, "rev-parse", "HEAD").strip()


def render(template: Path, where: Path, ref: str = "HEAD", *, only: str = "*", **answers: object) -> Project:
    """Renders a version of a template with its defaults, except for `answers`; or only one file, which is quicker.

    Raises:
        AssertionError: for an answer to a question that does not exist, which Copier would ignore.
    """
    unknown = answers.keys() - QUESTIONS.keys()
    assert not unknown, f"there are no such questions: {sorted(unknown)}"
    left_out = [] if only == "*" else ["*", f"!{only}"]
    copier.run_copy(
        str(template),
        where,
        data=answers,
        exclude=left_out,
        defaults=True,
        quiet=True,
        unsafe=False,
        vcs_ref=ref,
    )
    return Project(where)


def add(project: Project, kind: str, name: str) -> str:
    """Adds a component as people do, in a project that has been set up; what `make add` prints."""
    return project.make("--assume-old=pyproject.toml", "add", f"KIND={kind}", f"NAME={name}")
