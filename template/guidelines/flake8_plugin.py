"""Shows findings in every editor that knows flake8. How to switch it on is in docs/guidelines.md.

Reads whole projects, as the command does, and imports no app: an editor asks at every save.
"""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from guidelines.catalogue import RULES
from guidelines.checking import check
from guidelines.config import project_of
from guidelines.finding import Finding


class Plugin:
    """One per file; flake8 reads name and version."""

    name: ClassVar = "guidelines"
    version: ClassVar = "1"

    def __init__(self, tree: ast.AST, filename: str) -> None:
        self.file = Path(filename).resolve()

    def run(self) -> Iterator[tuple[int, int, str, type["Plugin"]]]:
        """Line, column, text and plugin of each finding in the file."""
        project = project_of(self.file)
        for finding in _found(project.root):
            if project.root / finding.path == self.file:
                text = f"GL1 {finding.rule}: {finding.message}. {RULES[finding.rule].remedy}"
                yield finding.line, finding.column, text, type(self)


@functools.cache
def _found(root: Path) -> list[Finding]:
    """Once per process, not per file; flake8 starts a new process each time."""
    return check(root, project_of(root)).findings
