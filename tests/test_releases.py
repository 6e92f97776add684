"""Releases: each is a commit of this history, and the next one is made by `make release`, or not at all."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.releases import RELEASES
from tests.rendering import TEMPLATE, git


def test_each_release_is_a_commit_of_this_history_with_a_section_in_the_changelog() -> None:
    changelog = (TEMPLATE / "CHANGELOG.md").read_text()
    documented = re.findall(r"^## (\d+\.\d+\.\d+), \d{4}-\d\d-\d\d$", changelog, re.MULTILINE)
    assert [f"v{version}" for version in documented] == list(RELEASES)[::-1]
    for release, commit in RELEASES.items():
        assert re.fullmatch("[0-9a-f]{40}", commit), release
        git(TEMPLATE, "merge-base", "--is-ancestor", commit, "HEAD")
        assert f'version = "{release[1:]}"' in git(TEMPLATE, "show", f"{commit}:pyproject.toml")


@pytest.fixture
def clone(template: Path, tmp_path: Path) -> Path:
    """A template whose last release is 1.2.3, and which has something new."""
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(template), str(clone))
    (clone / "releases.toml").write_text(f'"1.2.3" = "{git(clone, "rev-parse", "HEAD").strip()}"\n')
    unreleased(clone, "### New\n\nA thing.\n")
    return clone


def unreleased(clone: Path, text: str) -> None:
    (clone / "CHANGELOG.md").write_text(f"# Changelog\n\n## Unreleased\n\n{text}\n## 1.2.3, 2026-01-01\n\nThe past.\n")
    git(clone, "commit", "--quiet", "--all", "--allow-empty", "--message", "News")


def release(clone: Path, version: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "release.py", version], cwd=clone, capture_output=True, text=True)


def test_a_release_is_a_commit_a_tag_and_a_line(clone: Path) -> None:
    done = release(clone, "1.3.0")
    assert done.returncode == 0, done.stderr
    assert git(clone, "status", "--porcelain") == ""
    tagged = git(clone, "rev-parse", "v1.3.0").strip()
    assert list(tomllib.loads((clone / "releases.toml").read_text()).items())[-1] == ("1.3.0", tagged)
    assert 'version = "1.3.0"' in git(clone, "show", "v1.3.0:pyproject.toml")
    changelog = git(clone, "show", "v1.3.0:CHANGELOG.md")
    assert re.search(r"## Unreleased\n\n## 1\.3\.0, \d{4}-\d\d-\d\d\n\n### New\n\nA thing\.\n\n## 1\.2\.3", changelog)
    assert release(clone, "1.3.1").returncode == 2  # there is nothing new


@pytest.mark.parametrize(
    ("changes", "version"),
    [
        ("### Mended\n\nA thing.\n", "1.2.4"),
        ("### Mended\n\nA thing.\n\n### New\n\nA thing.\n", "1.3.0"),
        ("### New\n\nA thing.\n\n### Asks of you\n\nA thing.\n", "2.0.0"),
    ],
)
def test_the_version_says_what_an_update_asks(clone: Path, changes: str, version: str) -> None:
    unreleased(clone, changes)
    for wrong in {"1.2.4", "1.3.0", "2.0.0", "1.2.3", "1.2.5"} - {version}:
        refused(clone, wrong, f"VERSION={wrong}: by its changelog it is {version}")
    assert release(clone, version).returncode == 0


@pytest.mark.parametrize("version", ["", "1", "1.3", "v1.3.0", "1.3.0rc1", "01.3.0"])
def test_what_is_no_version_is_refused(clone: Path, version: str) -> None:
    refused(clone, version, f"VERSION={version}: say which, as in make release VERSION=1.2.3")


def test_a_changelog_that_says_nothing_is_refused(clone: Path) -> None:
    unreleased(clone, "")
    refused(clone, "1.3.0", "CHANGELOG.md says nothing under '## Unreleased'")


@pytest.mark.parametrize("changes", ["A thing.\n", "### Added\n\nA thing.\n"])
def test_a_changelog_that_does_not_say_what_it_asks_is_refused(clone: Path, changes: str) -> None:
    unreleased(clone, changes)
    refused(clone, "1.3.0", "CHANGELOG.md: put what is new under ### Asks of you, ### New, ### Mended")


def test_uncommitted_changes_are_refused(clone: Path) -> None:
    (clone / "README.md").write_text("changed")
    refused(clone, "1.3.0", "commit or stash first what is not committed")


def refused(clone: Path, version: str, message: str) -> None:
    before = git(clone, "rev-parse", "HEAD"), git(clone, "tag"), git(clone, "status", "--porcelain")
    done = release(clone, version)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert (git(clone, "rev-parse", "HEAD"), git(clone, "tag"), git(clone, "status", "--porcelain")) == before
