"""Finds code that breaks durable execution, in any Python code on Restate, without running it.

`load` builds the model of a project (`model/`), `run` applies the rules (`rules/`, one per file).
"""

from __future__ import annotations

import gc
import importlib
import pkgutil
import sys
from collections.abc import Iterable
from pathlib import Path

from guidelines.finding import Finding
from guidelines.lint import rules
from guidelines.lint.model.project import Project, Settings
from guidelines.lint.model.source import Module, Unreadable, read
from guidelines.rule import Rule

RULES: list[Rule] = [
    importlib.import_module(f"{rules.__name__}.{info.name}").RULE
    for info in sorted(pkgutil.iter_modules(rules.__path__), key=lambda info: info.name)
]


def load(root: Path, files: Iterable[Path], settings: Settings | None = None) -> Project:
    """Reads the files and works out what they do. Files that cannot be read are reported by `run`."""
    read_files = [read(root, path) for path in sorted(set(files))]
    modules = [found for found in read_files if isinstance(found, Module)]
    unreadable = [found for found in read_files if isinstance(found, Unreadable)]
    limit, collecting = sys.getrecursionlimit(), gc.isenabled()
    sys.setrecursionlimit(max(limit, 20_000))
    gc.disable()  # nothing of the model is garbage before its end
    try:
        return Project(modules, unreadable, settings or Settings())
    finally:
        sys.setrecursionlimit(limit)
        if collecting:
            gc.enable()


def run(project: Project, selected: Iterable[Rule] | None = None) -> list[Finding]:
    """What the rules find, in the order of the files; one finding per place and rule, with its shortest chain."""
    found: dict[tuple[str, int, int, str], Finding] = {}
    for rule in RULES if selected is None else selected:
        for finding in rule.check(project):
            key = (finding.path, finding.line, finding.column, finding.rule)
            known = found.get(key)
            if known is None or (len(finding.chain), finding.chain) < (len(known.chain), known.chain):
                found[key] = finding
    return sorted(found.values())


__all__ = ["RULES", "Project", "Settings", "load", "run"]
