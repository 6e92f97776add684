"""Which files are checked; and that one that cannot be read is reported and keeps no other from being checked."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from guidelines.checking import check
from guidelines.config import project_of
from guidelines.sources import python_files
from tests.guidelines.conftest import Build


def listed(root: Path, start: str = ".", exclude: tuple[str, ...] = ()) -> list[str]:
    return list(python_files(root, root / start, exclude))


def test_what_belongs_to_nobody_is_skipped(build: Build) -> None:
    skipped = ["build", "dist", "node_modules", ".venv", ".git", "__pycache__", "site-packages", "a/.hidden"]
    root = build({"a/b.py": "", "c.py": "", "d.txt": ""} | {f"{folder}/x.py": "" for folder in skipped})
    build({"env/pyvenv.cfg": "", "env/x.py": "", "guidelines/registry.toml": "", "guidelines/x.py": ""})
    assert listed(root) == ["c.py", "a/b.py"]


@pytest.mark.parametrize("pattern", ["legacy", "legacy/", "legacy/*", "leg*", "legacy/old"])
def test_what_is_excluded_is_not_listed(build: Build, pattern: str) -> None:
    root = build({"legacy/old/a.py": "", "b.py": ""})
    assert listed(root, exclude=(pattern,)) == ["b.py"]


def test_a_file_that_is_asked_for_is_listed_although_excluded(build: Build) -> None:
    root = build({"legacy/a.py": ""})
    assert listed(root, "legacy/a.py", ("legacy",)) == ["legacy/a.py"]


def test_a_folder_that_contains_itself_is_walked_once(build: Build) -> None:
    root = build({"a/b.py": ""})
    (root / "a" / "again").symlink_to(root, target_is_directory=True)
    assert listed(root) == ["a/b.py"]


def _not_utf8(path: Path) -> None:
    path.write_bytes("# caf\xe9\n".encode("latin-1"))


def _null(path: Path) -> None:
    path.write_bytes(b"x = 1\0\n")


def _huge(path: Path) -> None:
    path.write_text("x = 1\n" * 400_000)


def _nested(path: Path) -> None:
    path.write_text("x = " + "-" * 50_000 + "1\n")


def _long(path: Path) -> None:
    path.write_text("x = " + " + ".join("1" * 5_000) + "\n")


def _syntax(path: Path) -> None:
    path.write_text("x = 1\ndef oops(:\n")


def _itself(path: Path) -> None:
    path.symlink_to(path)


def _gone(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))


@pytest.mark.parametrize(
    ("make", "line", "message"),
    [
        (_not_utf8, 1, "encoding declaration"),
        (_null, 1, "null bytes"),
        (_huge, 1, "larger than 2000000 bytes"),
        (_nested, 1, ""),
        (_long, 1, "maximum recursion depth"),
        (_syntax, 2, "invalid syntax"),
        (_itself, 1, "Too many levels of symbolic links"),
        (_gone, 1, "No such file or directory"),
        (_pipe, 1, "not a regular file"),
        (_socket, 1, "not a regular file"),
    ],
)
def test_what_cannot_be_read_is_reported_and_the_rest_is_checked(
    build: Build, make: Callable[[Path], None], line: int, message: str
) -> None:
    root = build({"good.py": "x = 1  # guidelines: ignore[no-timout] so this one is read\n"})
    make(root / "bad.py")
    bad, good = check(root, project_of(root)).findings
    assert (bad.path, bad.line, bad.rule) == ("bad.py", line, "unreadable-file")
    assert message in bad.message
    assert (good.path, good.rule) == ("good.py", "unknown-rule-in-suppression")
