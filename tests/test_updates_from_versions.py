"""From each release, and each commit since the first that changed what is rendered, to the working tree."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from dev.template.updating import YOURS
from tests.conftest import Once
from tests.releases import COMMITS, COMPONENT_COMMITS, RELEASES
from tests.rendering import KINDS, Project, commit, render
from tests.updating import MINE, contents, edit, update, with_components

STARTERS = pytest.mark.parametrize("starter", ["shop", "blank"])


Fresh = Callable[[str, Iterable[str]], dict[str, bytes]]


@pytest.fixture(scope="session")
def fresh(template: Path, once: Once) -> Fresh:
    """What a render of the working tree holds, with components of these kinds."""

    def fresh(starter: str, kinds: Iterable[str]) -> dict[str, bytes]:
        def make(where: Path) -> None:
            with_components(template, render(template, where, starter=starter), "HEAD", kinds)

        return contents(Project(once("-".join(["fresh", starter, *kinds]), make)))

    return fresh


@STARTERS
@pytest.mark.parametrize("ref", RELEASES)
def test_a_pristine_project_becomes_a_fresh_render(
    template: Path, tmp_path: Path, fresh: Fresh, ref: str, starter: str
) -> None:
    project = with_components(template, render(template, tmp_path / "project", ref, starter=starter), ref)
    commit(project.path)
    assert update(project, "HEAD").conflicts == []
    assert contents(project) == fresh(starter, KINDS)


@pytest.mark.parametrize(
    ("ref", "starter", "kinds"),
    [(ref, starter, list(KINDS)) for ref in RELEASES for starter in ("shop", "blank")]
    + [(ref, "shop", ["object"] if ref in COMPONENT_COMMITS else []) for ref in COMMITS],
)
def test_edits_are_kept_next_to_what_is_new(
    template: Path, tmp_path: Path, fresh: Fresh, ref: str, starter: str, kinds: list[str]
) -> None:
    """In every file that belongs to people; from every commit since the first release that changed what is rendered."""
    project = with_components(template, render(template, tmp_path / "project", ref, starter=starter), ref, kinds)
    edited = [path for path in contents(project) if path.startswith(YOURS) and path.endswith((".py", ".md"))]
    for path in edited:
        edit(project.path / path)
    (project.path / "objects" / "ours.py").write_text(f"# {MINE}\n")
    commit(project.path)
    assert update(project, "HEAD").conflicts == []
    after, new = contents(project), fresh(starter, kinds)
    assert after.keys() - new.keys() == {"objects/ours.py"}
    for path in new:
        first, _, others = after[path].partition(b"\n")
        if path in edited:
            assert MINE.encode() in first, path
        assert (others if path in edited else after[path]) == new[path], path
