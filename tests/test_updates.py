"""What an update does to a project that people live in: nothing of theirs is lost, nothing of ours is missed."""

import os
import shutil
import subprocess
from pathlib import Path

import copier
import pytest

from dev.errors import DevError
from dev.template.updating import Update
from tests.rendering import Project, clone_without_releases, commit, git, render, run
from tests.updating import MINE, contents, edit, make, update


@pytest.fixture(scope="session")
def settled(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Rendered from the working tree, with one component, and committed. Tests must leave it as it is."""
    project = render(template, tmp_path_factory.mktemp("settled") / "project")
    render(template, project.path, component="object", name="wishlist")
    commit(project.path)
    return project


@pytest.fixture
def next_template(template: Path, tmp_path: Path) -> Path:
    """A template of its own for one test, which may commit to it."""
    return clone_without_releases(template, tmp_path / "template")


@pytest.fixture
def project(settled: Project, next_template: Path, template: Path, tmp_path: Path) -> Project:
    """A project of that template."""
    project = Project(shutil.copytree(settled.path, tmp_path / "project"))
    for answers in project.path.glob(".copier-answers*.yml"):
        replace(answers, f"_src_path: {template}", f"_src_path: {next_template}")
    commit(project.path)
    return project


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def changes_cart(template: Path) -> None:
    replace(
        template / "template" / "objects" / "cart.py",
        "timedelta(days=7), description",
        "timedelta(days=8), description",
    )
    commit(template, "A cart lives longer")


def test_edits_and_news_meet_in_one_file(next_template: Path, project: Project) -> None:
    changes_cart(next_template)
    cart = project.path / "objects" / "cart.py"
    edit(cart)
    commit(project.path)
    assert update(project).conflicts == []
    assert cart.read_text().startswith(f"# {MINE}")
    assert "days=8" in cart.read_text()


def test_a_component_takes_news_too(next_template: Path, project: Project) -> None:
    replace(next_template / "components" / "object" / "objects" / "{{ name }}.py.jinja", "days=30", "days=31")
    commit(next_template)
    wishlist = project.path / "objects" / "wishlist.py"
    edit(wishlist)
    commit(project.path)
    assert [part.label for part in update(project).updated] == ["project", "object wishlist"]
    assert wishlist.read_text().startswith(f"# {MINE}")
    assert "days=31" in wishlist.read_text()


@pytest.mark.parametrize("then", ["changed", "left alone"])
def test_what_is_deleted_stays_deleted(next_template: Path, project: Project, then: str) -> None:
    (project.path / "objects" / "cart.py").unlink()
    (project.path / "objects" / "wishlist.py").unlink()
    commit(project.path)
    if then == "changed":
        changes_cart(next_template)
    replace(next_template / "template" / "app.py", "One ASGI app", "An ASGI app")
    commit(next_template)
    update(project)
    assert not (project.path / "objects" / "cart.py").exists()
    assert not (project.path / "objects" / "wishlist.py").exists()
    assert "An ASGI app" in (project.path / "app.py").read_text()


@pytest.mark.parametrize("then", ["changed", "left alone"])
def test_what_is_emptied_stays_empty(next_template: Path, project: Project, then: str) -> None:
    (project.path / "objects" / "cart.py").write_text("")
    commit(project.path)
    if then == "changed":
        changes_cart(next_template)
    replace(next_template / "template" / "app.py", "One ASGI app", "An ASGI app")
    commit(next_template)
    assert update(project).conflicts == []
    assert (project.path / "objects" / "cart.py").read_text() == ""


@pytest.mark.parametrize("deleted", [True, False])
def test_who_deleted_the_example_gets_no_new_part_of_it(next_template: Path, project: Project, deleted: bool) -> None:
    if deleted:
        (project.path / "objects" / "schedule.py").unlink()
        commit(project.path)
    (next_template / "template" / "objects" / "voucher.py").write_text('"""Something new in the example."""\n')
    (next_template / "template" / "durable" / "news.py").write_text('"""Something new for everybody."""\n')
    commit(next_template)
    update(project)
    assert (project.path / "objects" / "voucher.py").exists() != deleted
    assert (project.path / "durable" / "news.py").exists()


def test_a_conflict_is_named_and_undone_to_the_byte(next_template: Path, project: Project, shop: Project) -> None:
    changes_cart(next_template)
    replace(project.path / "objects" / "cart.py", "timedelta(days=7), description", "timedelta(days=1), description")
    (project.path / "durable" / "own.py").write_text("# beside the template's\n")
    commit(project.path)
    (next_template / "template" / "durable" / "news.py").write_text('"""Something new."""\n')
    commit(next_template)
    before = contents(project)
    done = make(project, shop, "update")
    assert done.returncode != 0
    assert "objects/cart.py" in done.stdout
    text = (project.path / "objects" / "cart.py").read_text()
    assert "<<<<<<<" in text
    assert "days=1)" in text
    assert "days=8)" in text
    assert "UU objects/cart.py" in git(project.path, "status", "--porcelain")
    assert subprocess.run(["git", "commit", "--message", "x"], cwd=project.path, capture_output=True).returncode != 0
    git(project.path, "reset", "--quiet", "--hard")
    assert contents(project) == before
    assert git(project.path, "status", "--porcelain", "--", ":!uv.lock") == ""
    assert len(git(project.path, "worktree", "list").splitlines()) == 1


def test_copier_s_own_update_works_too(next_template: Path, project: Project) -> None:
    """One part at a time, with a commit between two, and without `--trust`."""
    changes_cart(next_template)
    replace(next_template / "components" / "object" / "objects" / "{{ name }}.py.jinja", "days=30", "days=31")
    commit(next_template)
    edit(project.path / "objects" / "cart.py")
    edit(project.path / "objects" / "wishlist.py")
    commit(project.path)
    copier.run_update(project.path, defaults=True, overwrite=True, quiet=True)
    commit(project.path)
    answers = ".copier-answers.object-wishlist.yml"
    copier.run_update(project.path, answers_file=answers, defaults=True, overwrite=True, quiet=True)
    for name, news in {"cart": "days=8", "wishlist": "days=31"}.items():
        text = (project.path / "objects" / f"{name}.py").read_text()
        assert text.startswith(f"# {MINE}")
        assert news in text
    assert not Update(project.path).waiting


def test_changed_answers_keep_what_people_added(template: Path, project: Project) -> None:
    (project.path / "services" / "ours.py").write_text(f"# {MINE}\n")
    commit(project.path)
    assert update(project, starter="blank").conflicts == []
    here = contents(project)
    assert {"objects/wishlist.py", "tests/objects/test_wishlist.py", "services/ours.py"} <= here.keys()
    assert not {"objects/cart.py", "tests/objects/test_cart.py", "workflows/order.py"} & here.keys()
    assert b"starter: blank" in here[".copier-answers.yml"]
    commit(project.path)
    assert update(project, starter="shop").conflicts == []
    assert "objects/cart.py" in contents(project)


def test_edits_in_files_that_an_answer_drops_are_not_dropped(project: Project, shop: Project) -> None:
    edit(project.path / "objects" / "cart.py")
    commit(project.path)
    before = contents(project)
    refused = make(project, shop, "update", "ANSWERS=starter=blank")
    assert refused.returncode != 0
    assert "this would delete files that you edited: objects/cart.py. Move" in refused.stderr
    assert contents(project) == before
    allowed = make(project, shop, "update", "ANSWERS=starter=blank", "DISCARD=yes")
    assert allowed.returncode == 0, allowed.stderr
    assert not (project.path / "objects" / "cart.py").exists()


def test_edits_in_files_that_the_template_drops_are_not_dropped(next_template: Path, project: Project) -> None:
    edit(project.path / "objects" / "cart.py")
    commit(project.path)
    (next_template / "template" / "objects" / "cart.py").unlink()
    commit(next_template)
    with pytest.raises(DevError, match=r"you edited: objects/cart\.py\. Move"):
        update(project)
    assert (project.path / "objects" / "cart.py").exists()


def test_a_project_in_a_folder_of_a_repository_is_updated_there(next_template: Path, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    project = render(next_template, outer / "apps" / "shop")
    (outer / "README.md").write_text("of the repository\n")
    commit(outer)
    replace(project.path / "objects" / "cart.py", "timedelta(days=7), description", "timedelta(days=1), description")
    commit(outer)
    (outer / "README.md").write_text("changed, and not committed\n")
    changes_cart(next_template)
    replace(next_template / "template" / "app.py", "One ASGI app", "An ASGI app")
    commit(next_template)
    assert update(project).conflicts == ["objects/cart.py"]
    assert "An ASGI app" in (project.path / "app.py").read_text()
    assert (outer / "README.md").read_text() == "changed, and not committed\n"
    assert "UU apps/shop/objects/cart.py" in git(outer, "status", "--porcelain")


def test_what_the_new_version_brings_is_shown_first(next_template: Path, project: Project, shop: Project) -> None:
    unreleased = "## Unreleased\n"
    replace(next_template / "CHANGELOG.md", unreleased, f"## 99.0.0\n\nCarts live longer.\n\n{unreleased}")
    changes_cart(next_template)
    git(next_template, "tag", "v99.0.0")
    waiting = make(project, shop, "outdated")
    assert waiting.returncode != 0
    assert "The template has v99.0.0" in waiting.stdout
    updated = make(project, shop, "update")
    assert updated.returncode == 0, updated.stderr
    assert updated.stdout.index("Carts live longer.") < updated.stdout.index("Updated project, object wishlist")
    assert "The first version" not in updated.stdout
    commit(project.path)
    assert make(project, shop, "outdated").returncode == 0


def test_nothing_to_do_is_said(project: Project, shop: Project) -> None:
    """Whatever is not committed, for nothing is changed."""
    edit(project.path / "app.py")
    done = make(project, shop, "update")
    assert done.returncode == 0
    assert "Nothing to do: the project and its components are at" in done.stdout


def test_a_project_ahead_of_the_newest_release_stays(next_template: Path, project: Project) -> None:
    git(next_template, "tag", "v0.0.1", "HEAD~1")
    assert not Update(project.path).waiting


def test_prereleases_and_other_tags_are_no_releases(next_template: Path, project: Project) -> None:
    changes_cart(next_template)
    for name in ("v98.0.0", "v99.0.0rc1", "nightly"):
        git(next_template, "tag", name)
        git(next_template, "commit", "--quiet", "--allow-empty", "--message", "Some more")
    assert Update(project.path).new == "v98.0.0"


# ---------------------------------------------------------------------- bad input


def refused(project: Project, shop: Project, *arguments: str) -> str:
    """What the refusal says: one line beside make's own, and no file has changed."""
    before = contents(project)
    done = make(project, shop, "update", *arguments)
    assert done.returncode != 0
    assert contents(project) == before
    (line,) = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    return line


@pytest.mark.parametrize("how", ["edited", "deleted", "staged", "untracked"])
def test_a_dirty_tree_is_refused(next_template: Path, project: Project, shop: Project, how: str) -> None:
    changes_cart(next_template)
    if how == "untracked":
        (project.path / "app_2.py").write_text("")
    elif how == "deleted":
        (project.path / "app.py").unlink()
    else:
        edit(project.path / "app.py")
    if how == "staged":
        git(project.path, "add", "--all")
    assert "commit or stash first what is not committed: app" in refused(project, shop)


def test_a_lock_that_make_wrote_is_not_in_the_way(next_template: Path, project: Project) -> None:
    changes_cart(next_template)
    (project.path / "uv.lock").write_text("version = 1\n")
    assert update(project).conflicts == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["VERSION=77.0.0"], "has no version 77.0.0"),
        (["ANSWERS=strater=blank"], "the template does not ask for strater: see .copier-answers.yml"),
        (["ANSWERS=starter"], "write question=answer"),
        (["ANSWERS=starter=shpo"], "'shpo' is not in"),
        (["ANSWERS=project_name="], "The name is empty"),
    ],
)
def test_bad_input_is_refused(project: Project, shop: Project, arguments: list[str], message: str) -> None:
    assert message in refused(project, shop, *arguments)


def test_an_older_version_is_refused(next_template: Path, project: Project, shop: Project) -> None:
    git(next_template, "tag", "v0.0.1", "HEAD~1")
    assert "is older than what the project has" in refused(project, shop, "VERSION=0.0.1")


def test_a_project_without_commits_is_refused(next_template: Path, project: Project, shop: Project) -> None:
    changes_cart(next_template)
    make(project, shop, "help")
    shutil.rmtree(project.path / ".git")
    assert "git init" in refused(project, shop)


def test_a_project_without_answers_is_refused(project: Project, shop: Project) -> None:
    (project.path / ".copier-answers.yml").unlink()
    assert "there is no .copier-answers.yml" in refused(project, shop)


def test_a_template_that_moved_is_refused(next_template: Path, project: Project, shop: Project) -> None:
    next_template.rename(next_template.parent / "moved")
    assert "If it moved, correct _src_path" in refused(project, shop)


# ---------------------------------------------------------------------- what a project guards itself with


def test_conflict_markers_are_not_committed(shop: Project, tmp_path: Path) -> None:
    """By the hook, even once they were added."""
    project = shop.copied(tmp_path / "project")
    (project.path / ".venv").unlink()
    commit(project.path)
    hook = ["uv", "tool", "run", "--quiet", "pre-commit", "run", "conflicts", "--all-files"]
    run(hook, project.path)
    readme = project.path / "README.md"
    readme.write_text(readme.read_text() + "<<<<<<< before updating\nmine\n=======\nyours\n>>>>>>> after updating\n")
    git(project.path, "add", "--all")
    assert subprocess.run(hook, cwd=project.path, capture_output=True).returncode != 0
    git(project.path, "checkout", "--quiet", "HEAD", "README.md")
    (project.path / "app.py.rej").write_text("what did not fit\n")
    git(project.path, "add", "--all", "--force")
    rejects = [*hook[:-2], "rejects", "--all-files"]
    assert subprocess.run(rejects, cwd=project.path, capture_output=True).returncode != 0


@pytest.mark.skipif(shutil.which("unshare") is None or os.geteuid() != 0, reason="needs root to take the network away")
def test_neither_a_copy_nor_an_update_needs_the_network(next_template: Path, shop: Project, tmp_path: Path) -> None:
    """Nor --trust, from a local clone."""
    copier = str(shop.path / ".venv" / "bin" / "copier")
    offline = ["unshare", "--net"]
    where = tmp_path / "project"
    run([*offline, copier, "copy", "--defaults", "--vcs-ref", "HEAD", str(next_template), str(where)], tmp_path)
    commit(where)
    (where / ".venv").symlink_to(shop.path / ".venv")
    (where / ".git" / "info" / "exclude").write_text(".venv\n")
    make = [*offline, "make", "--assume-old=pyproject.toml"]
    run([*make, "add", "KIND=object", "NAME=wishlist"], where)
    commit(where)
    changes_cart(next_template)
    run([*make, "update"], where)
    assert "days=8" in (where / "objects" / "cart.py").read_text()
