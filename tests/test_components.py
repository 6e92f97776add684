"""One more component in one command: served, tested and checked without any other edit; nothing is overwritten."""

import subprocess
from pathlib import Path

import pytest

from tests.rendering import KINDS, TEMPLATE, Project, add, git, render

LONGEST = "a_name_of_as_many_as_there_may"

BESIDE = {"services", "objects", "workflows", "gateways", "tests", ".env"}


def refusal(project: Project, kind: str, name: str) -> str:
    """What is said, in one line beside make's own; nothing is written."""
    before = listing(project)
    command = ["make", "--assume-old=pyproject.toml", "add", f"KIND={kind}", f"NAME={name}"]
    done = subprocess.run(command, cwd=project.path, capture_output=True, text=True)
    assert done.returncode != 0
    assert listing(project) == before
    (line,) = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    return line


def listing(project: Project) -> list[Path]:
    return [path for path in project.files() if not {".venv", "__pycache__"} & set(path.parts)]


def test_every_kind_has_a_folder_and_every_folder_a_kind() -> None:
    assert sorted(path.name for path in (TEMPLATE / "components").iterdir()) == sorted(KINDS)


def test_a_components_files_are_all_of_it(blank: Project, grown: Project) -> None:
    """Nothing that was there has changed, so that deleting these files is removing it."""
    before = listing(blank)
    after = listing(grown)
    assert set(before) <= set(after)
    assert [path for path in before if (blank.path / path).read_bytes() != (grown.path / path).read_bytes()] == []
    added = set(after) - set(before)
    for name in KINDS.values():
        assert [path for path in added if name in path.name and path.parts[0] == "tests"]
    assert {path.parts[0].partition(".stripe")[0] for path in added if path.name[:8] != ".copier-"} == BESIDE


def test_the_handlers_have_a_name_and_no_logic_of_jinja() -> None:
    for path in (TEMPLATE / "components").rglob("*.py.jinja"):
        assert "{%" not in path.read_text(), path


def test_projects_with_components_pass_their_checks(grown: Project) -> None:
    grown.make("check")
    assert "0 errors, 0 warnings" in grown.run("pyright")


@pytest.mark.parametrize("name", ["q", LONGEST])
def test_any_name_leaves_the_code_formatted(blank: Project, tmp_path: Path, name: str) -> None:
    for kind in KINDS:
        project = blank.copied(tmp_path / kind)
        add(project, kind, name)
        project.run("ruff", "format", "--check", ".")
        project.run("ruff", "check", ".")


def test_a_component_is_of_the_version_that_the_project_has(template: Path, blank: Project, tmp_path: Path) -> None:
    clone = tmp_path / "template"
    git(tmp_path, "clone", "--quiet", str(template), str(clone))
    project = render(clone, tmp_path / "project", starter="blank")
    (project.path / ".venv").symlink_to(blank.path / ".venv")
    handlers = clone / "components" / "object" / "objects" / "{{ name }}.py.jinja"
    handlers.write_text('"""Newer."""\n')
    git(clone, "commit", "--quiet", "--all", "--message", "Newer")
    add(project, "object", "wishlist")
    assert "Newer" not in (project.path / "objects" / "wishlist.py").read_text()


def test_a_component_can_be_added_again_once_it_is_deleted(grown: Project, tmp_path: Path) -> None:
    project = grown.copied(tmp_path / "project")
    for path in ("objects/wishlist.py", "tests/objects/test_wishlist.py"):
        (project.path / path).unlink()
    assert "added objects/wishlist.py" in add(project, "object", "wishlist")


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        ("objekt", "wishlist", "KIND=objekt: choose one of service, object, workflow, saga, webhook"),
        ("", "wishlist", "KIND=: choose one of"),
        ("object", "", "NAME=: use 1 to 30 lower case letters, digits and single underscores, starting with a letter"),
        ("object", "Wishlist", "NAME=Wishlist: use 1 to 30"),
        ("object", "wish-list", "NAME=wish-list: use 1 to 30"),
        ("object", "../wish", "NAME=../wish: use 1 to 30"),
        ("object", "wunschzettel_für", "NAME=wunschzettel_für: use 1 to 30"),
        ("object", "x" * 31, ": use 1 to 30"),
        ("object", "class", "NAME=class is a keyword of Python: choose another name"),
        ("object", "list", "NAME=list would hide what Python calls list: choose another name"),
        ("saga", "saga", "NAME=saga is what workflows/saga.py calls something else: choose another name"),
        ("object", "add", "NAME=add is what objects/add.py calls something else"),
        ("object", "order", "NAME=order is taken by workflows/order.py: choose another name"),
        ("workflow", "order", "NAME=order is taken by workflows/order.py: choose another name"),
        ("webhook", "payments", "NAME=payments is taken by services/payments.py: choose another name"),
        ("webhook", "signatures", "NAME=signatures is taken by gateways/signatures.py: choose another name"),
    ],
)
def test_a_bad_name_is_refused_and_nothing_is_written(shop: Project, kind: str, name: str, message: str) -> None:
    assert message in refusal(shop, kind, name)


def test_a_name_that_is_served_from_elsewhere_is_taken(blank: Project, tmp_path: Path) -> None:
    project = blank.copied(tmp_path / "project")
    add(project, "object", "wishlist")
    (project.path / "objects" / "wishlist.py").rename(project.path / "objects" / "wishes.py")
    assert "the project serves a 'Wishlist' already" in refusal(project, "service", "wishlist")


def test_a_project_that_does_not_import_is_mended_first(blank: Project, tmp_path: Path) -> None:
    project = blank.copied(tmp_path / "project")
    (project.path / "objects" / "broken.py").write_text("1 / 0\n")
    assert "mend the project first" in refusal(project, "object", "wishlist")


def test_a_template_that_moved_is_named(blank: Project, tmp_path: Path) -> None:
    project = blank.copied(tmp_path / "project")
    answers = project.path / ".copier-answers.yml"
    text = [line for line in answers.read_text().splitlines() if not line.startswith("_src_path")]
    answers.write_text("\n".join([*text, "_src_path: /nowhere/at/all\n"]))
    said = refusal(project, "object", "wishlist")
    assert "of the template at /nowhere/at/all" in said
    assert "correct _src_path" in said
