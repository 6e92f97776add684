"""Python files, parsed; and what cannot be."""

from __future__ import annotations

import ast
import tokenize
import warnings
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from guidelines.lint.model.definitions import Function

LARGEST = 2_000_000
"""Bytes. Nobody writes more by hand, and generated code has no handlers."""


@dataclass(eq=False)
class Module:
    """A file. `path` is relative to the root; `name` is dotted and unique, not always what importers say."""

    path: str
    name: str
    tree: ast.Module
    text: str
    is_package: bool
    body: Function = field(init=False)

    def __post_init__(self) -> None:
        self.body = Function(self.tree, self, None, None)

    @property
    def is_test(self) -> bool:
        return any(part.startswith("test") or part == "conftest.py" for part in self.path.split("/"))


@dataclass(frozen=True)
class Unreadable:
    """A file that cannot be checked, and why."""

    path: str
    line: int
    reason: str


def read(root: Path, path: Path) -> Module | Unreadable:
    """Parses one file; never raises for what is in it."""
    relative = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    try:
        if path.stat().st_size > LARGEST:
            return Unreadable(relative, 1, f"larger than {LARGEST} bytes")
        raw = path.read_bytes()
        encoding, _ = tokenize.detect_encoding(BytesIO(raw).readline)
        text = raw.decode(encoding)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
        if _depth_exceeds(tree, 1_500):
            return Unreadable(relative, 1, "nested too deeply")
    except SyntaxError as error:
        return Unreadable(relative, error.lineno or 1, f"not valid Python: {error.msg}")
    except UnicodeDecodeError as error:
        return Unreadable(relative, 1, f"not {error.encoding}: {error.reason} at byte {error.start}")
    except (ValueError, RecursionError, MemoryError) as error:
        return Unreadable(relative, 1, f"not valid Python: {error}" if str(error) else "nested too deeply")
    except OSError as error:
        return Unreadable(relative, 1, f"cannot be read: {error.strerror}")
    parts = relative.removesuffix(".py").split("/")
    is_package = parts[-1] == "__init__"
    return Module(relative, ".".join(parts[:-1] if is_package else parts), tree, text, is_package)


def _depth_exceeds(tree: ast.AST, limit: int) -> bool:
    level: list[ast.AST] = [tree]
    for _ in range(limit):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True
