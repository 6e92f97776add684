"""Each rule's own examples: the bad one is found, by this rule and where it should; the good one is clean."""

import subprocess
import sys
from pathlib import Path

import pytest

from guidelines import lint
from guidelines.finding import Severity
from guidelines.rule import Rule
from tests.guidelines.trees import check

RULES = [pytest.param(rule, id=rule.name) for rule in lint.RULES]
OPTIONAL = ("agents", "litellm", "restate.ext")

RUN_EACH = """
import pathlib, runpy, traceback
for path in sorted(pathlib.Path().glob("*.py")):
    try:
        runpy.run_path(str(path), run_name="__main__")
    except BaseException:
        print(path)
        traceback.print_exc()
"""
"""Prints which files fail, and why on stderr."""


@pytest.mark.parametrize("rule", RULES)
def test_the_bad_example_is_found(rule: Rule, tmp_path: Path) -> None:
    found = check(tmp_path, {"service.py": rule.bad})
    assert rule.name in {finding.rule for finding in found}


@pytest.mark.parametrize("rule", RULES)
def test_the_good_example_is_clean(rule: Rule, tmp_path: Path) -> None:
    found = check(tmp_path, {"service.py": rule.good})
    assert [finding for finding in found if finding.severity is not Severity.ADVICE or finding.rule == rule.name] == []


@pytest.mark.parametrize("rule", RULES)
def test_the_bad_example_has_no_other_error(rule: Rule, tmp_path: Path) -> None:
    found = check(tmp_path, {"service.py": rule.bad})
    assert {f.rule for f in found if f.severity is Severity.ERROR} <= {rule.name}


def test_the_examples_import(tmp_path: Path) -> None:
    """All in one process: what takes long is to import what they import."""
    for rule in lint.RULES:
        for name, text in (("bad", rule.bad), ("good", rule.good)):
            if not any(f"import {module}" in text or f"from {module}" in text for module in OPTIONAL):
                (tmp_path / f"{rule.name}-{name}.py").write_text(text)
    assert len(list(tmp_path.iterdir())) > len(lint.RULES)
    done = subprocess.run([sys.executable, "-c", RUN_EACH], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["unreadable-file-bad.py"], done.stderr


def test_the_names_are_those_of_the_files() -> None:
    files = {path.stem.replace("_", "-") for path in Path(lint.__file__).parent.glob("rules/*.py")} - {"--init--"}
    assert {rule.name for rule in lint.RULES} == files


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_says_what_why_and_what_to_do(rule: Rule) -> None:
    assert rule.checker == "lint"
    for text in (rule.purpose, rule.why, rule.remedy):
        assert text.endswith(".")
        assert "\n" not in text
