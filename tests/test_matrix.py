"""Every answer, and every two answers together: each render is checked and tested, and has nothing left over.

The cells follow from the questions in copier.yml. `make test` runs a few of them, `make matrix` all.
"""

import hashlib
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, combinations, product
from pathlib import Path
from typing import Any

import pytest
import yaml
from allpairspy import AllPairs  # type: ignore[import-untyped]

from tests.conftest import Once
from tests.leftovers import leftovers
from tests.rendering import QUESTIONS, Project, render, run

Answers = dict[str, Any]

OFF = ("none", "blank")
"""Choices that mean without."""

SMOKE = ("tests/durable/test_typed.py", "tests/test_app.py", "tests/test_serve.py", "tests/test_settings.py")
"""What a cell tests besides what its options bring: another cell tests all of its components."""


def values(question: dict[str, Any]) -> list[Any]:
    """The answers to try; of a question that takes several choices: none, each alone, and all. None if it is open."""
    if question.get("ask", True) is False or question.get("when", True) is False:
        return []
    if question["type"] == "bool":
        return [False, True]
    listed = question.get("choices", [])
    choices = list(listed.values() if isinstance(listed, dict) else listed)
    choices = [choice["value"] if isinstance(choice, dict) else choice for choice in choices]
    if question.get("multiselect"):
        return [[], *([choice] for choice in choices), choices]
    return choices


ANSWERS = {name: found for name, question in QUESTIONS.items() if (found := values(question))}

DEFAULTS: Answers = {
    name: yaml.safe_load(str(default)) if QUESTIONS[name].get("multiselect") else default
    for name in ANSWERS
    for default in [QUESTIONS[name]["default"]]
}

ALL_OFF: Answers = {name: next((each for each in found if each in OFF), found[0]) for name, found in ANSWERS.items()}

ALL_ON: Answers = {
    name: found[-1] if DEFAULTS[name] == ALL_OFF[name] or QUESTIONS[name].get("multiselect") else DEFAULTS[name]
    for name, found in ANSWERS.items()
}

IN_FULL = {"defaults": DEFAULTS, "all-off": ALL_OFF, "all-on": ALL_ON}


def cells() -> Iterator[tuple[str, Answers]]:
    """Each with the answers that differ from the defaults as its name."""
    alone = (ALL_OFF | {name: value} for name, found in ANSWERS.items() for value in found)
    pairs = (dict(zip(ANSWERS, row, strict=True)) for row in AllPairs(list(ANSWERS.values())))
    seen: list[Answers] = list(IN_FULL.values())
    yield from IN_FULL.items()
    for answers in chain(alone, pairs):
        if answers not in seen:
            seen.append(answers)
            yield (
                ",".join(f"{name}={text(answers[name])}" for name in answers if answers[name] != DEFAULTS[name]),
                answers,
            )


def text(answer: Any) -> str:
    return "+".join(answer) or "none" if isinstance(answer, list) else str(answer).lower()


def parameters() -> list[Any]:
    few = ("all-off", "all-on")
    return [
        pytest.param(answers, id=name, marks=[] if name in few else pytest.mark.matrix) for name, answers in cells()
    ]


@pytest.fixture(scope="session")
def environment_for(once: Once) -> Callable[[Project], Path]:
    """Installs what a render depends on; renders that depend on the same share it.

    Where no Python is new enough the one at hand must do: a checker need not run on the version it checks for.
    """

    def environment_for(project: Project) -> Path:
        file = project.path / "pyproject.toml"
        metadata = tomllib.loads(file.read_text())
        find = ["uv", "python", "find", "--no-project", "--no-python-downloads", metadata["project"]["requires-python"]]
        found = subprocess.run(find, capture_output=True, text=True).stdout.strip() or sys.executable
        key = repr((found, metadata["project"]["dependencies"], metadata["dependency-groups"]))

        def install(where: Path) -> None:
            run(["uv", "venv", "--quiet", "--no-project", "--python", found, str(where)], project.path)
            command = [
                "uv",
                "pip",
                "install",
                "--quiet",
                "--compile-bytecode",
                "--python",
                str(where / "bin" / "python"),
            ]
            run([*command, "--requirements", str(file), "--group", f"{file}:dev"], project.path)

        return once(f"environment-{hashlib.sha256(key.encode()).hexdigest()[:12]}", install)

    return environment_for


@pytest.fixture(scope="session")
def tested_in_full(template: Path, once: Once) -> set[Path]:
    """The files of renders whose tests all run."""
    files: set[Path] = set()
    for name in ("defaults", "all-off"):
        files |= set(Project(once(f"plain-{name}", partial(render, template, **IN_FULL[name]))).files())
    return files


@pytest.mark.slow
@pytest.mark.parametrize("answers", parameters())
def test_a_cell(
    template: Path,
    tmp_path: Path,
    tested_in_full: set[Path],
    environment_for: Callable[[Project], Path],
    record_property: Callable[[str, object], None],
    answers: Answers,
) -> None:
    started = time.monotonic()
    project = render(template, tmp_path / "project", **answers)
    tests = [] if answers in IN_FULL.values() else [*SMOKE, *own_tests(project, tested_in_full)]
    (project.path / ".venv").symlink_to(environment_for(project))
    assert leftovers(project.path) == []
    for command in re.findall(r"run --no-sync (.+)", project.make("--dry-run", "check")):
        project.run(*command.split())
    assert "0 errors, 0 warnings" in project.run("pyright")
    checked = time.monotonic()
    assert " passed" in project.run("pytest", "-q", "-n", "4", *tests, RESTATE_TEST_SERVER="native")
    ended = time.monotonic()
    record_property("cell", (ended - started, ended - checked))


def own_tests(project: Project, others: set[Path]) -> list[str]:
    """The tests that came with an option."""
    return [str(path) for path in project.files() if path.match("tests/**/test_*.py") and path not in others]


def test_every_answer_and_every_two_answers_have_a_cell() -> None:
    tried = [answers for _, answers in cells()]
    for (one, left), (other, right) in combinations(ANSWERS.items(), 2):
        for pair in product(left, right):
            assert any((answers[one], answers[other]) == pair for answers in tried), (one, other, pair)
    for name, found in ANSWERS.items():
        for value in found:
            assert ALL_OFF | {name: value} in tried
    assert len({name for name, _ in cells()}) == len(tried)


@pytest.mark.parametrize(
    ("question", "tried"),
    [
        ({"type": "bool", "default": False}, [False, True]),
        ({"type": "str", "choices": ["a", "b"]}, ["a", "b"]),
        ({"type": "str", "choices": {"The first": "a", "The second": {"value": "b"}}}, ["a", "b"]),
        ({"type": "str", "choices": ["a", "b"], "multiselect": True}, [[], ["a"], ["b"], ["a", "b"]]),
        ({"type": "str", "choices": ["a", "b"], "ask": False}, []),
        ({"type": "bool", "when": False}, []),
        ({"type": "str"}, []),
    ],
)
def test_a_new_question_joins_by_itself(question: dict[str, Any], tried: list[Any]) -> None:
    assert values(question) == tried
