"""The template's repository: its releases, and what changed between two of them."""

import re
from pathlib import Path

import yaml
from packaging.version import InvalidVersion, Version

from dev.errors import DevError
from dev.template.repository import git

SHORTHANDS = {"gh:": "https://github.com/", "gl:": "https://gitlab.com/", "git+": ""}
"""What Copier lets people write."""

HEADING = re.compile(r"^## ", re.MULTILINE)


class Template:
    """A clone of the template, in a directory that does not exist yet.

    Raises:
        DevError: it cannot be cloned.
    """

    def __init__(self, source: str, clone: Path) -> None:
        self.clone = clone
        self.source = source
        url = source
        for shorthand, prefix in SHORTHANDS.items():
            url = prefix + url.removeprefix(shorthand) if url.startswith(shorthand) else url
        try:
            git(clone.parent, "clone", "--quiet", "--bare", url, str(clone))
        except DevError as error:
            raise DevError(
                f"cannot get the template: {error}. If it moved, correct _src_path in .copier-answers*.yml"
            ) from None

    def newest(self) -> str:
        """The newest release, or the newest commit of a template without releases."""
        releases = []
        for tag in git(self.clone, "tag").split():
            try:
                version = Version(tag)
            except InvalidVersion:
                continue  # a tag of something else
            if not version.is_prerelease:
                releases.append((version, tag))
        return max(releases)[1] if releases else "HEAD"

    def commit(self, ref: str) -> str:
        """The full hash of what a tag, a commit or a version means.

        Raises:
            DevError: the template has no such thing.
        """
        for candidate in (ref, f"v{ref}"):
            try:
                return git(self.clone, "rev-parse", "--verify", "--quiet", candidate + "^{commit}").strip()
            except DevError:
                continue
        raise DevError(f"the template at {self.source} has no version {ref}")

    def describe(self, commit: str) -> str:
        """For people: the release, or how far the commit is from one."""
        return git(self.clone, "describe", "--tags", "--always", commit).strip()

    def contains(self, commit: str, other: str) -> bool:
        """Whether a commit has everything that another one has."""
        return git(self.clone, "rev-list", "--max-count=1", other, f"^{commit}") == ""

    def changes(self, old: str, new: str) -> str:
        """The sections of the changelog that are new in `new`, or read otherwise there."""
        known = self._sections(old)
        return "".join(f"\n{section}\n" for section in self._sections(new) if section not in known)

    def questions(self, commit: str) -> set[str]:
        """What may be answered."""
        settings = yaml.safe_load(git(self.clone, "show", f"{commit}:copier.yml"))
        return {name for name in settings if not name.startswith("_")}

    def export(self, commit: str, where: Path) -> Path:
        """The template's files as they are in a commit, in a folder that does not exist yet."""
        where.mkdir()
        git(self.clone, f"--work-tree={where}", "checkout", "--quiet", commit, "--", ".")
        return where

    def _sections(self, commit: str) -> list[str]:
        try:
            text = git(self.clone, "show", f"{commit}:CHANGELOG.md")
        except DevError:
            return []
        sections = [f"## {section.strip()}" for section in HEADING.split(text)[1:]]
        return [section for section in sections if "\n" in section]  # a heading alone says nothing
