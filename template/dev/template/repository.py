"""What updates need of git."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from dev.errors import DevError

WRITTEN_BY_MAKE = {"uv.lock"}
"""What `make` itself may have left behind, before anybody could commit it."""

NOBODY = ("-c", "user.name=make update", "-c", "user.email=update@localhost", "-c", "commit.gpgsign=false")


def git(where: Path, *arguments: str, stdin: str | None = None, environment: Mapping[str, str] | None = None) -> str:
    """What git prints.

    Raises:
        DevError: with what git says, if it fails.
    """
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=where,
            env={**os.environ, **(environment or {})},
            input=stdin,
            capture_output=True,
            text=True,
        )
    except FileNotFoundError:
        raise DevError("git is not installed: updates need it") from None
    if done.returncode:
        said = done.stderr.strip() or done.stdout.strip()
        raise DevError(f"git {arguments[0]}: {said.splitlines()[-1] if said else done.returncode}")
    return done.stdout


class Repository:
    """The project's repository; the project may be a folder in it."""

    def __init__(self, project: Path) -> None:
        self.project = project

    def require_clean(self) -> None:
        """So that what an update does can be told from everything else, and undone.

        Raises:
            DevError: listing what is not committed.
        """
        try:
            git(self.project, "rev-parse", "--verify", "HEAD")
        except DevError:
            raise DevError("nothing is committed here: git init && git add --all && git commit") from None
        status = _split(git(self.project, "status", "--porcelain", "--no-renames", "-z", "--", "."))
        dirty = sorted(path for line in status if Path(path := line[3:]).name not in WRITTEN_BY_MAKE)
        if dirty:
            raise DevError(f"commit or stash first what is not committed: {', '.join(dirty)}")

    @contextmanager
    def worktree(self, where: Path, commit: str) -> Iterator["Worktree"]:
        """A second working tree, in which all happens before anything happens here."""
        git(self.project, "worktree", "add", "--quiet", "--detach", str(where), commit)
        try:
            yield Worktree(where / self.prefix)
        finally:
            git(self.project, "worktree", "remove", "--force", str(where))

    @property
    def prefix(self) -> str:
        """Where the project is in its repository: nothing, or a path that ends in a slash."""
        return git(self.project, "rev-parse", "--show-prefix").strip()

    def files(self) -> dict[str, bool]:
        """The committed files of the project, and whether each is empty."""
        entries = _split(git(self.project, "ls-tree", "-r", "--long", "-z", "HEAD"))
        return {path: entry.split()[3] == "0" for entry, path in (line.split("\t") for line in entries)}

    def committed(self, files: Path, parent: str = "") -> str:
        """A commit, on no branch, of what is in a folder that is laid out as the repository is."""
        with TemporaryDirectory(prefix="index-") as scratch:
            index = {"GIT_INDEX_FILE": str(Path(scratch, "index")), "GIT_WORK_TREE": str(files)}
            index["GIT_DIR"] = git(self.project, "rev-parse", "--absolute-git-dir").strip()
            git(files, "add", "--all", "--force", environment=index)
            tree = git(files, "write-tree", environment=index).strip()
        return self._commit(tree, parent)

    def committed_here(self, parent: str) -> str:
        """The same of what is committed here."""
        return self._commit("HEAD^{tree}", parent)

    def take_over(self, other: "Worktree") -> None:
        """Brings index and files to where another working tree is, conflicts included; HEAD stays.

        Raises:
            DevError: an untracked file is in the way; nothing has changed.
        """
        git(self.project, "read-tree", "-m", "-u", "HEAD", other.tree())
        index = [
            f"{stage}\t{self.prefix}{path}\n"
            for path, stages in other.conflicts.items()
            for stage in (f"0 {'0' * 40}", *stages)
        ]
        git(self.project, "update-index", "--index-info", stdin="".join(index))

    def _commit(self, tree: str, parent: str) -> str:
        parents = ["-p", parent] if parent else []
        return git(self.project, *NOBODY, "commit-tree", *parents, "-m", "For an update", tree).strip()


class Worktree:
    """Where updates are tried. `conflicts` has the index's entries for each file with one; paths are the project's."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.conflicts: dict[str, list[str]] = {}

    def merge(self, commit: str, label: str) -> None:
        """Merges a commit into what is checked out. `label` names it in conflicts."""
        # a rename would be guessed from what files hold, and many hold much the same
        options = ("-c", "merge.renames=false", "-c", "merge.conflictStyle=merge", "-c", f"core.hooksPath={os.devnull}")
        git(self.project, "update-ref", f"refs/worktree/{label}", commit)
        try:
            git(self.project, *NOBODY, *options, "merge", "--no-commit", "--no-ff", "--quiet", f"refs/worktree/{label}")
        except DevError:
            for line in _split(git(self.project, "ls-files", "--unmerged", "-z")):
                entry, path = line.split("\t")
                self.conflicts.setdefault(path, []).append(entry)
            if not self.conflicts:
                raise

    def has(self, path: str, side: Literal["ours", "theirs"]) -> bool:
        """Whether a file with a conflict exists on one side of it."""
        return any(entry.endswith("2" if side == "ours" else "3") for entry in self.conflicts[path])

    def delete(self, path: str) -> None:
        """Ends a conflict by deleting the file."""
        git(self.project, "rm", "--quiet", "--force", "--", path)
        self.conflicts.pop(path)

    def empty(self, path: str) -> None:
        """Leaves nothing in a file."""
        (self.project / path).write_bytes(b"")
        self.conflicts.pop(path, None)

    def tree(self) -> str:
        """What is in the working tree now, markers of conflicts included."""
        git(self.project, "add", "--all")
        return git(self.project, "write-tree").strip()


def _split(output: str) -> list[str]:
    return [line for line in output.split("\0") if line]
