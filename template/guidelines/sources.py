"""Which files of a project are checked."""

import fnmatch
import os
from collections.abc import Iterator
from pathlib import Path

SKIPPED = frozenset({"__pycache__", "build", "dist", "node_modules", "site-packages", "venv"})
"""Folders that hold nobody's source; as are hidden ones, virtual environments, and this very package."""


def python_files(root: Path, start: Path, exclude: tuple[str, ...]) -> Iterator[str]:
    """Every Python file at or below `start`, relative to `root`. A file that is asked for is never excluded.

    A folder that cannot be read is listed as well, so that it is reported and not passed over.
    """
    if not start.is_dir():
        yield start.relative_to(root).as_posix()
        return
    closed: list[str] = []
    for folder, names, files in os.walk(start, onerror=lambda error: closed.append(error.filename)):
        here = Path(folder).relative_to(root).as_posix()
        prefix = "" if here == "." else f"{here}/"
        names[:] = sorted(n for n in names if not _is_skipped(folder, n) and not excluded(prefix + n, exclude))
        yield from (prefix + n for n in sorted(files) if n.endswith(".py") and not excluded(prefix + n, exclude))
    yield from (Path(folder).relative_to(root).as_posix() for folder in closed)


def excluded(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether a path, or a folder that it is in, matches a pattern."""
    ancestors = [path, *(parent.as_posix() for parent in Path(path).parents)]
    return any(fnmatch.fnmatchcase(each, pattern.rstrip("/")) for each in ancestors for pattern in patterns)


def _is_skipped(folder: str, name: str) -> bool:
    path = Path(folder, name)
    own = name == "guidelines" and (path / "registry.toml").exists()
    return own or name in SKIPPED or name.startswith(".") or (path / "pyvenv.cfg").exists()
