"""Settings come from `[tool.guidelines]`, and what is wrong in there is named, with what was probably meant."""

from pathlib import Path

import pytest

from guidelines.config import ConfigError, project_of
from guidelines.finding import Severity
from tests.guidelines.conftest import Build

RULES = ["no-deadline", "broad-except"]


def settings(build: Build, table: str) -> Path:
    return build({"pyproject.toml": f"[tool.guidelines]\n{table}\n", "services/one.py": ""})


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("exlude = []", "unknown key 'exlude'; the nearest is 'exclude'"),
        ("colour = true", "unknown key 'colour'"),
        ("[tool.guidelines.severity]\nno-dedline = 'off'", "unknown rule 'no-dedline'; the nearest is 'no-deadline'"),
        ("[tool.guidelines.severity]\nno-deadline = 'fatal'", "'fatal' is none of error, warning, advice, off"),
        ("severity = 'error'", "severity must be a table"),
        ("exclude = 'tests'", "exclude must be a list of strings"),
        ("deterministic = [1]", "deterministic must be a list of strings"),
    ],
)
def test_what_is_wrong_is_named(build: Build, table: str, message: str) -> None:
    root = settings(build, table)
    with pytest.raises(ConfigError) as raised:
        project_of(root).settings(RULES)
    assert message in str(raised.value)
    assert str(root / "pyproject.toml") in str(raised.value)


def test_a_pyproject_that_is_no_toml_is_named(build: Build) -> None:
    root = build({"pyproject.toml": "[tool"})
    with pytest.raises(ConfigError, match=r"pyproject\.toml: Expected .*at end of document"):
        project_of(root)


def test_a_file_belongs_to_the_project_above_it(build: Build) -> None:
    root = settings(build, "exclude = ['tests']")
    project = project_of(root / "services" / "one.py")
    assert project.root == root
    assert project.settings(RULES).exclude == ("tests",)


def test_without_settings_a_folder_is_its_own_project(build: Build) -> None:
    root = build({"pyproject.toml": "[project]\nname = 'x'\n", "services/one.py": ""})
    project = project_of(root / "services")
    assert (project.root, project.table) == (root / "services", None)


def test_a_rule_gets_another_severity_or_none(build: Build) -> None:
    root = settings(build, "severity = { no-deadline = 'error', broad-except = 'off' }")
    assert project_of(root).settings(RULES).severity == {"no-deadline": Severity.ERROR, "broad-except": None}
