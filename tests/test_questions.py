"""Bad answers get one clear error that names the fix, and no question is misspelt."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.rendering import QUESTIONS, SETTINGS, render

KNOWN_SETTINGS = {
    "_answers_file",
    "_envops",
    "_exclude",
    "_message_after_copy",
    "_message_after_update",
    "_min_copier_version",
    "_subdirectory",
}
KNOWN_KEYS = {"type", "help", "default", "placeholder", "choices", "multiselect", "validator", "when", "ask"}


@pytest.mark.parametrize(
    ("question", "answer", "message"),
    [
        ("component", "objekt", "Invalid choice"),
        ("name", "Wish List", "'Wish List' will not do: use 1 to 30 lower case letters, digits and single underscores"),
        ("name", "", "'' will not do"),
        ("name", "_a", "'_a' will not do"),
        ("name", "a__b", "'a__b' will not do"),
        ("name", "1a", "'1a' will not do"),
        ("name", "a\n", "will not do"),
        ("name", "x" * 31, "will not do"),
        ("project_name", "", "The name is empty: give the service a name, such as Corner Shop"),
        ("project_name", "   ", "The name is empty"),
        ("project_name", 'The "Shop"', "holds a quote, a backslash or a line break: leave it out"),
        ("project_name", "a\\b", "holds a quote, a backslash or a line break: leave it out"),
        ("project_name", "a\nb", "holds a quote, a backslash or a line break: leave it out"),
        ("project_name", "x" * 61, "The name has 61 characters: shorten it to 60"),
        ("project_slug", "Corner Shop", "'Corner Shop' will not do: use 1 to 40 lower case letters"),
        ("project_slug", "", "'' will not do"),
        ("project_slug", "-shop", "'-shop' will not do"),
        ("project_slug", "shop-", "'shop-' will not do"),
        ("project_slug", "1shop", "'1shop' will not do"),
        ("project_slug", "shop--one", "'shop--one' will not do"),
        ("project_slug", "shop\n", "will not do"),
        ("project_slug", "x" * 41, "will not do"),
        ("description", "", "The description is empty: say in one line what the service does"),
        ("description", "one\ntwo", "The description has several lines: one is enough"),
        ("description", "x" * 201, "The description has 201 characters: shorten it to 200"),
        ("python_version", "3.10", "Invalid choice"),
        ("starter", "shopp", "Invalid choice"),
        ("deploy_targets", ["compose", "nomad"], "Invalid choice"),
        ("telemetry", "jaeger", "Invalid choice"),
        ("ci", "jenkins", "Invalid choice"),
    ],
)
def test_a_bad_answer_is_refused_and_nothing_is_rendered(
    template: Path, tmp_path: Path, question: str, answer: str | list[str], message: str
) -> None:
    where = tmp_path / "project"
    of_a_component = {"component": "object"} if question == "name" else {}
    answers: dict[str, Any] = {**of_a_component, question: answer}
    with pytest.raises(ValueError, match="(?s)" + question) as refused:
        render(template, where, **answers)
    assert message in " ".join(str(refused.value).split())
    assert not where.exists() or not list(where.iterdir())


def test_every_validator_has_a_bad_answer_above() -> None:
    (marker,) = test_a_bad_answer_is_refused_and_nothing_is_rendered.pytestmark  # type: ignore[attr-defined]
    assert {case[0] for case in marker.args[1]} == {
        n for n, q in QUESTIONS.items() if {"validator", "choices"} & q.keys()
    }


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Corner Shop", "corner-shop"),
        ("  Ümlaut & Söhne  ", "mlaut-s-hne"),
        ("Shop 24/7!", "shop-24-7"),
    ],
)
def test_the_slug_is_derived_from_the_name(template: Path, tmp_path: Path, name: str, slug: str) -> None:
    project = render(template, tmp_path / "project", only="pyproject.toml", project_name=name)
    assert f'name = "{slug}"' in (project.path / "pyproject.toml").read_text()


def test_copier_knows_every_key() -> None:
    """It ignores those that it does not know, so a misspelt one would go unnoticed."""
    assert {name for name in SETTINGS if name.startswith("_")} <= KNOWN_SETTINGS
    for name, question in QUESTIONS.items():
        assert question.keys() <= KNOWN_KEYS, name
        assert {"type", "help", "default"} <= question.keys(), name
        assert len(question["help"].strip().splitlines()) > 1 or "placeholder" in question, name


def test_nothing_needs_trust() -> None:
    assert not {"_tasks", "_jinja_extensions", "_migrations"} & SETTINGS.keys()
    assert SETTINGS["_envops"] == {"undefined": "jinja2.StrictUndefined"}


def test_an_old_copier_is_told_which_version_is_needed(template: Path) -> None:
    assert tuple(map(int, SETTINGS["_min_copier_version"].split("."))) >= (9, 19, 0)


def test_answers_can_be_typed(template: Path, tmp_path: Path) -> None:
    """In a terminal: Enter takes each default, and a bad answer is asked for again."""
    pexpect = pytest.importorskip("pexpect")
    where = tmp_path / "project"
    command = [str(Path(sys.executable).parent / "copier"), "copy", "--vcs-ref", "HEAD", str(template), str(where)]
    env = os.environ | {"PROMPT_TOOLKIT_NO_CPR": "1"}  # or each prompt waits for a terminal to say where its cursor is
    child = pexpect.spawn(command[0], command[1:], encoding="utf-8", timeout=20, dimensions=(60, 200), env=env)
    child.expect("What is the service called")
    child.send("\x15Tea House\r")
    child.expect("And for machines")
    child.send("\x15Tea House\r")
    child.expect("use 1 to 40 lower case letters")
    child.send("\x15tea-house\r")
    questions = (
        "What does it do",
        "oldest Python",
        "What should be in it",
        "Where will it run",
        "traces",
        "on each push",
    )
    for question in questions:
        child.expect(question)
        child.send("\r")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert "project_slug: tea-house" in (where / ".copier-answers.yml").read_text()


def test_an_existing_file_is_not_overwritten(template: Path, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("mine")
    command = [str(Path(sys.executable).parent / "copier"), "copy", "--defaults", "--vcs-ref", "HEAD"]
    done = subprocess.run(
        [*command, str(template), str(tmp_path)], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert (tmp_path / "pyproject.toml").read_text() == "mine"
