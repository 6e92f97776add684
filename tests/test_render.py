"""What a render has, and what it must not have."""

import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.rendering import QUESTIONS, TEMPLATE, Project, git, render, run

STARTERS = pytest.mark.parametrize("starter", ["shop", "blank"])
OF_THE_SHOP = re.compile(r"shop|order|inventory|teapot|payment|sqlalchemy|aiosqlite|demo", re.IGNORECASE)


def test_no_python_file_has_jinja() -> None:
    files = [path for path in (TEMPLATE / "template").rglob("*.py") if ".venv" not in path.parts]
    assert len(files) > 50
    assert [str(path) for path in files if re.search("{[{%]", path.read_text())] == []
    assert list((TEMPLATE / "template").rglob("*.py.jinja")) == []


def test_windows_can_check_the_paths_out() -> None:
    paths = git(TEMPLATE, "ls-files").splitlines()
    assert [path for path in paths if re.search(r'["|<>:*?\\]', path) or len(path) > 150] == []


@STARTERS
@pytest.mark.parametrize(
    "python_version", QUESTIONS["python_version"]["choices"][:: len(QUESTIONS["python_version"]["choices"]) - 1]
)
def test_a_render_is_complete(template: Path, tmp_path: Path, starter: str, python_version: str) -> None:
    project = render(template, tmp_path / "project", starter=starter, python_version=python_version)
    for path in project.files():
        text = (project.path / path).read_text()
        text = re.sub(r"\${{ [a-z.]+ }}|{{ \$.*? }}", "", text)  # GitHub's own, in workflows; and Prometheus'
        assert not re.search(r"{[{%]|[%}]}", text) or path.suffix in (".py", ".md", ".journal"), path
        assert path.suffix != ".jinja", path
    empty = [path for path in project.path.rglob("*") if path.is_dir() and not any(path.iterdir())]
    assert empty == []
    assert {"services", "objects", "workflows"} <= {path.name for path in project.path.iterdir()}
    settings = tomllib.loads((project.path / "pyproject.toml").read_text())
    assert settings["project"]["requires-python"] == f">={python_version}"
    assert settings["tool"]["mypy"]["python_version"] == python_version
    assert settings["tool"]["pyright"]["pythonVersion"] == python_version


def test_a_blank_project_has_nothing_of_the_shop(template: Path, tmp_path: Path) -> None:
    project = render(template, tmp_path / "project", project_name="Plain", starter="blank")
    for package in ("services", "objects", "workflows", "gateways"):
        assert [path.name for path in (project.path / package).iterdir()] == ["__init__.py"]
    for name in ("README.md", "AGENTS.md", "Makefile", "pyproject.toml", ".env.example"):
        found = OF_THE_SHOP.findall((project.path / name).read_text())
        assert set(found) <= {"order"}, name  # as in "in order to"


def test_the_defaults_are_those_of_copier_yml(template: Path, tmp_path: Path) -> None:
    plain = render(template, tmp_path / "plain")
    explicit = render(
        template, tmp_path / "explicit", project_name="Corner Shop", python_version="3.11", starter="shop", ci="github"
    )
    assert plain.files() == explicit.files()
    for path in plain.files():
        assert (plain.path / path).read_bytes() == (explicit.path / path).read_bytes(), path


def test_the_answers_are_recorded(template: Path, tmp_path: Path) -> None:
    project = render(template, tmp_path / "project", description='Says "hello" & <more>')
    answers = yaml.safe_load((project.path / ".copier-answers.yml").read_text())
    of_components = {"name", "service_name"}
    assert answers.keys() == QUESTIONS.keys() - of_components | {"_src_path", "_commit"}
    settings = tomllib.loads((project.path / "pyproject.toml").read_text())
    assert settings["project"]["description"] == answers["description"] == 'Says "hello" & <more>'


def test_a_render_can_be_updated(template: Path, tmp_path: Path) -> None:
    """Which needs the commit it came from."""
    project = render(template, tmp_path / "project", only=".copier-answers.yml")
    answers = yaml.safe_load((project.path / ".copier-answers.yml").read_text())
    assert git(template, "rev-parse", answers["_commit"]).strip()


def test_a_relative_path_to_the_template_is_recorded_so_that_updates_find_it(template: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(template)
    copier = str(Path(sys.executable).parent / "copier")
    run([copier, "copy", "--quiet", "--defaults", "--vcs-ref", "HEAD", "link", "project"], tmp_path)
    answers = yaml.safe_load((tmp_path / "project" / ".copier-answers.yml").read_text())
    assert answers["_src_path"] == str(template.resolve())


def test_versions_are_pinned_in_one_place() -> None:
    """The server's, in `.restate-server-version`; what must name it otherwise is compared here."""
    version = (TEMPLATE / "template" / ".restate-server-version").read_text().strip()
    elsewhere = git(TEMPLATE, "grep", "--fixed-strings", "--files-with-matches", version, "--", "template", ".ci")
    assert elsewhere.split() == ["template/.restate-server-version"]


def test_no_file_names_a_registry_host_or_a_path_of_one_machine() -> None:
    pattern = r"pythonhosted|pypi\.org|npmjs|deb\.debian|/(root|work)/"
    files = [path for path in git(TEMPLATE, "ls-files").splitlines() if not path.startswith("tests/test_render.py")]
    assert [path for path in files if re.search(pattern, (TEMPLATE / path).read_text())] == []


def test_the_template_runs_in_place(deployed: Project) -> None:
    """With what any answer needs."""
    python = str(deployed.path / ".venv" / "bin" / "python")
    names = "import app; print(*(component.name for component in app.components()))"
    printed = run([python, "-B", "-c", names], TEMPLATE / "template", {"ENV_FILE": ""})
    assert "Cart Inventory Ledger Notifications Order Payments Reports Schedule Webhooks" in printed
