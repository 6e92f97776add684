"""What `copier update` does, as one merge by git of the project and its components.

Rendered by Copier: what the template was when the project was rendered last, and what it is now, each with the answers
of the project. The difference is merged into what people made of it, in a second working tree. Only when that is done
do the files here change, as after a merge that is not committed: staged, and with conflicts marked. `copier update`
itself deletes files with edits when an answer drops them, ends with 0 for conflicts, and wants a commit after each
component.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import plumbum
import yaml
from copier import run_copy
from copier.errors import CopierError

from dev.errors import DevError
from dev.template import parts
from dev.template.parts import PACKAGES, Part
from dev.template.repository import Repository, Worktree
from dev.template.source import Template

EXAMPLES = tuple(f"{tests}{package}/" for tests in ("", "tests/") for package in PACKAGES)
"""Where the example is. Who threw a part of it away gets no new part of it."""

YOURS = (*EXAMPLES, "tests/", "README.md")
"""What belongs to the people of the project. A file that they emptied stays empty."""


@dataclass(frozen=True)
class Updated:
    """What an update did; `conflicts` are files that it left to a person."""

    updated: list[Part]
    conflicts: list[str]


class Update:
    """From the version that the project has to another one.

    `version` is a release, a tag or a commit of the template, or nothing for the newest release; `answers` are those
    that change.

    Raises:
        DevError: the template cannot be had, has no such version or no such question.
    """

    def __init__(self, root: Path, version: str = "", answers: dict[str, str] | None = None) -> None:
        self._root = root
        self._scratch = TemporaryDirectory(prefix="update-")
        self._answers = answers or {}
        project = parts.project(root)
        self._template = Template(project.source, self._directory("template"))
        self._old = self._template.commit(project.commit)
        self._new = self._template.commit(version or self._template.newest())
        if not version and self._template.contains(self._old, self._new):
            self._new = self._old  # a project may be ahead of the newest release
        elif not self._template.contains(self._new, self._old):
            raise DevError(f"version {version} is older than what the project has: there is no way back but git's")
        if unknown := sorted(self._answers.keys() - self._template.questions(self._new)):
            raise DevError(f"the template does not ask for {', '.join(unknown)}: see {parts.PROJECT} for what it asks")
        self._waiting = [
            part for part in [project, *parts.components(root)] if self._template.commit(part.commit) != self._new
        ]
        if self._answers and project not in self._waiting:
            self._waiting.insert(0, project)

    @property
    def old(self) -> str:
        return self._template.describe(self._old)

    @property
    def new(self) -> str:
        return self._template.describe(self._new)

    @property
    def waiting(self) -> bool:
        """Whether there is anything to do."""
        return bool(self._waiting)

    @property
    def changes(self) -> str:
        """What the changelog says of it; empty for changed answers."""
        return self._template.changes(self._old, self._new)

    def run(self, *, discard_edits: bool = False) -> Updated:
        """Updates the project and its components.

        Raises:
            DevError: something is not committed, files with edits would be deleted, or an answer will not do; nothing
                is changed.
        """
        if not self._waiting:
            return Updated([], [])
        repository = Repository(self._root)
        repository.require_clean()
        old, new = (self._directory(name) for name in ("old", "new"))
        for part in self._waiting:
            self._render(part, part.commit, old / repository.prefix)
            self._render(part, self._new, new / repository.prefix, self._answers if part.is_project else {})
            # nobody writes it by hand, and there are several ways to write a commit
            shutil.copy2(self._root / part.answers_file, old / repository.prefix / part.answers_file)
        here = repository.files()
        _withhold_new_examples(here, old / repository.prefix, new / repository.prefix)
        base = repository.committed(old)
        ours, theirs = repository.committed_here(base), repository.committed(new, base)
        with repository.worktree(self._directory("worktree"), ours) as worktree:
            worktree.merge(theirs, self.new)
            _keep_what_people_did(worktree, here, discard_edits=discard_edits)
            repository.take_over(worktree)
        return Updated(self._waiting, sorted(worktree.conflicts))

    def _render(self, part: Part, version: str, where: Path, changed: dict[str, str] | None = None) -> None:
        """Renders a version of a part, as if it came from where it came from."""
        commit = self._template.commit(version)
        files = self._directory(f"template-{commit}")
        if not files.exists():
            self._template.export(commit, files)
        answers: dict[str, Any] = {**part.answers, **(changed or {})}
        # Copier asks git about each file that it writes, if there is one; it need not, and takes half the time
        with _copiers_errors(), plumbum.local.env(PATH=os.devnull):
            run_copy(str(files), where, data=answers, defaults=True, quiet=True)
        record = where / part.answers_file
        origin = yaml.safe_dump({"_commit": self._template.describe(commit), "_src_path": part.source}, width=1_000)
        record.write_text(re.sub(r"^_src_path: .*\n", lambda _: origin, record.read_text(), flags=re.MULTILINE))

    def _directory(self, name: str) -> Path:
        return Path(self._scratch.name, name)


def _withhold_new_examples(here: dict[str, bool], old: Path, new: Path) -> None:
    before = _files(old)
    if any(path.startswith(EXAMPLES) and path not in here for path in before):
        for path in _files(new) - before:
            if path.startswith(EXAMPLES):
                (new / path).unlink()


def _keep_what_people_did(worktree: Worktree, here: dict[str, bool], *, discard_edits: bool) -> None:
    """Deleted stays deleted, emptied stays empty, and edited is not deleted."""
    edited = [path for path in worktree.conflicts if not worktree.has(path, "theirs")]
    if edited and not discard_edits:
        raise DevError(
            f"this would delete files that you edited: {', '.join(edited)}. Move what you need elsewhere (a file that"
            " the template does not know stays), or say DISCARD=yes"
        )
    for path in [path for path in worktree.conflicts if not worktree.has(path, "ours")] + edited:
        worktree.delete(path)
    for path in [path for path, empty in here.items() if empty and path.startswith(YOURS)]:
        worktree.empty(path)


@contextmanager
def _copiers_errors() -> Iterator[None]:
    """Copier says what is wrong with an answer by a ValueError."""
    try:
        yield
    except (CopierError, ValueError) as error:
        raise DevError(str(error)) from error


def _files(where: Path) -> set[str]:
    return {path.relative_to(where).as_posix() for path in where.rglob("*") if path.is_file()}
