"""`make release VERSION=x.y.z`: what the changelog calls unreleased becomes a version.

Commits the changelog and pyproject.toml, tags that commit, and appends it to releases.toml, from which the tests build
clones with tags. Bad input ends with 2, says what to mend, and changes nothing.
"""

import re
import sys
import tomllib
from datetime import date
from pathlib import Path
from subprocess import run

ROOT = Path.cwd()

VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")

UNRELEASED = re.compile(r"^## Unreleased\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)

LEVELS = {"Asks of you": 0, "New": 1, "Mended": 2}
"""Which number of the version grows, by the heading in the changelog."""

Version = tuple[int, int, int]


class Refused(Exception):
    """The message says what to mend."""


def main() -> int:
    try:
        release(sys.argv[1] if len(sys.argv) > 1 else "")
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 2
    return 0


def release(wanted: str) -> None:
    """Makes the release.

    Raises:
        Refused: the version is not one, or not the next one; the changelog says nothing; something is not committed.
    """
    version = parsed(wanted)
    changelog = (ROOT / "CHANGELOG.md").read_text()
    unreleased = UNRELEASED.search(changelog)
    if not unreleased or not unreleased[1].strip():
        raise Refused("CHANGELOG.md says nothing under '## Unreleased': write what an update brings")
    unknown = set(headings := re.findall(r"^### (.+)$", unreleased[1], re.MULTILINE)) - LEVELS.keys()
    if unknown or not headings:
        raise Refused(f"CHANGELOG.md: put what is new under {', '.join(f'### {name}' for name in LEVELS)}")
    expected = following(newest(), min(LEVELS[heading] for heading in headings))
    if expected and version != expected:
        raise Refused(f"VERSION={wanted}: by its changelog it is {'.'.join(map(str, expected))}")
    if git("status", "--porcelain"):
        raise Refused("commit or stash first what is not committed")

    section = f"## Unreleased\n\n## {wanted}, {date.today().isoformat()}\n{unreleased[1]}"
    (ROOT / "CHANGELOG.md").write_text(changelog[: unreleased.start()] + section + changelog[unreleased.end() :])
    pyproject = (ROOT / "pyproject.toml").read_text()
    (ROOT / "pyproject.toml").write_text(
        re.sub(r'^version = ".*"$', f'version = "{wanted}"', pyproject, count=1, flags=re.M)
    )
    git("commit", "--quiet", "--all", "--message", f"Release {wanted}")
    git("tag", f"v{wanted}")
    with (ROOT / "releases.toml").open("a") as releases:
        releases.write(f'"{wanted}" = "{git("rev-parse", "HEAD")}"\n')
    git("commit", "--quiet", "--all", "--message", f"Record release {wanted}")
    print(f"Released {wanted}. Push it: git push origin HEAD v{wanted}")


def parsed(version: str) -> Version:
    match = VERSION.fullmatch(version)
    if not match:
        raise Refused(f"VERSION={version}: say which, as in make release VERSION=1.2.3")
    major, minor, patch = map(int, match.groups())
    return major, minor, patch


def newest() -> Version | None:
    versions = tomllib.loads((ROOT / "releases.toml").read_text())
    return max(map(parsed, versions), default=None)


def following(last: Version | None, level: int) -> Version | None:
    """The version after `last` when the number at `level` grows; any may be the first."""
    if last is None:
        return None
    major, minor, patch = last
    if major == 0:
        level = max(level, 1)
    return [(major + 1, 0, 0), (major, minor + 1, 0), (major, minor, patch + 1)][level]


def git(*arguments: str) -> str:
    return run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
