"""What was rendered here: the project and its components, each with an answers file that says from where."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dev.errors import DevError

PROJECT = ".copier-answers.yml"

PACKAGES = ("services", "objects", "workflows", "gateways")
"""Where components go."""


@dataclass(frozen=True)
class Part:
    """The project, or one component; `answers_file` is relative to the project."""

    answers_file: str
    source: str
    commit: str
    answers: dict[str, Any]

    @property
    def is_project(self) -> bool:
        return self.answers_file == PROJECT

    @property
    def label(self) -> str:
        """For people: `project`, or such as `object wishlist`."""
        name = self.answers.get("name", "")
        return f"{self.answers.get('component', 'project')} {name}".strip()


def project(root: Path) -> Part:
    """The project itself.

    Raises:
        DevError: it was not rendered from a template under version control, so nothing can be added or updated.
    """
    if not (root / PROJECT).is_file():
        raise DevError(f"there is no {PROJECT}: it says which template this project came from; restore it from git")
    return _read(root, PROJECT)


def components(root: Path) -> list[Part]:
    """Whatever was added to the project, by name."""
    return [_read(root, path.name) for path in sorted(root.glob(".copier-answers.*.yml"))]


def _read(root: Path, answers_file: str) -> Part:
    try:
        recorded = yaml.safe_load((root / answers_file).read_text())
        source, commit = recorded["_src_path"], recorded["_commit"]
    except (yaml.YAMLError, TypeError, KeyError):
        raise DevError(f"{answers_file} must name _src_path and _commit: restore it from git") from None
    answers = {question: answer for question, answer in recorded.items() if not question.startswith("_")}
    return Part(answers_file, str(source), str(commit), answers)
