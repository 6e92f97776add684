"""Each check for leftovers sees the one that is planted, and nothing else in the defaults."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import leftovers
from tests.rendering import Project

PLANTED = [
    (leftovers.jinja, "Makefile", "{% if starter %}\n", "Makefile"),
    (leftovers.jinja, "notes.jinja", "", "notes.jinja"),
    (leftovers.dead_links, "README.md", "\n[the rest](docs/gone.md#top)\n", "README.md: docs/gone.md"),
    (leftovers.dead_paths, "README.md", "\n`deploy/gone.yaml`\n", "README.md: deploy/gone.yaml"),
    (leftovers.dead_paths, "AGENTS.md", "\n`gone/`\n", "AGENTS.md: gone/"),
    (
        leftovers.dead_commands,
        "Makefile",
        "\ngone:\n\tpython -m no_such.module\n",
        "Makefile: python -m no_such.module",
    ),
    (leftovers.dead_commands, "README.md", "\n```sh\nmake gone\n```\n", "README.md: make gone"),
    (leftovers.undeclared_settings, ".env.example", "#GONE_AND_FORGOTTEN=1\n", "GONE_AND_FORGOTTEN"),
]


@pytest.mark.parametrize(("check", "file", "text", "found"), PLANTED)
def test_what_is_planted_is_found(
    shop: Project, tmp_path: Path, check: Callable[[Path], list[str]], file: str, text: str, found: str
) -> None:
    project = shop.copied(tmp_path / "project")
    with (project.path / file).open("a") as planted:
        planted.write(text)
    assert check(project.path) == [found]


def test_an_empty_folder_is_found(shop: Project, tmp_path: Path) -> None:
    project = shop.copied(tmp_path / "project")
    (project.path / "deploy" / "lambda").mkdir(parents=True)
    assert leftovers.empty_folders(project.path) == ["deploy/lambda"]


@pytest.mark.parametrize("requirement", ["pathspec", "types-toml>=0.10", "boto3[crt]>=1"])
def test_a_dependency_that_nothing_uses_is_found(shop: Project, tmp_path: Path, requirement: str) -> None:
    project = shop.copied(tmp_path / "project")
    metadata = project.path / "pyproject.toml"
    metadata.write_text(metadata.read_text().replace("dev = [", f'dev = [\n    "{requirement}",'))
    assert leftovers.unused_dependencies(project.path) == [re.split(r"[\[>]", requirement)[0]]
