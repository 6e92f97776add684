"""The versions of the template: what was released, and each commit since then that changed what is rendered."""

import tomllib
from pathlib import Path

from tests.rendering import TEMPLATE, git

RENDERED = ("copier.yml", "template", "components")

RELEASES: dict[str, str] = {
    f"v{version}": commit for version, commit in tomllib.loads((TEMPLATE / "releases.toml").read_text()).items()
}
"""Tag and commit of each release, the oldest first."""


def commits(*paths: str) -> list[str]:
    """The hashes of those commits that changed these paths, the newest first; none before the first release."""
    if not RELEASES:
        return []
    first = next(iter(RELEASES.values()))
    return git(TEMPLATE, "log", "--format=%h", f"{first}..HEAD", "--", *paths).split()


COMMITS = commits(*RENDERED)

COMPONENT_COMMITS = commits("copier.yml", "components")
"""Those that changed the components, or what is asked."""


def tag(clone: Path) -> None:
    """Gives a clone the tags of the releases, whether or not it came with some."""
    for release, commit in RELEASES.items():
        git(clone, "tag", "--force", release, commit)
