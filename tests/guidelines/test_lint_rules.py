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


@pytest.mark.parametrize("rule", RULES)
def test_the_examples_import(rule: Rule, tmp_path: Path) -> None:
    for name in ("bad", "good"):
        text = getattr(rule, name)
        if any(f"import {module}" in text or f"from {module}" in text for module in OPTIONAL):
            continue
        (tmp_path / "example.py").write_text(text)
        done = subprocess.run([sys.executable, "example.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) == (rule.name != "unreadable-file" or name == "good"), done.stderr


def test_the_names_are_those_of_the_files() -> None:
    files = {path.stem.replace("_", "-") for path in Path(lint.__file__).parent.glob("rules/*.py")} - {"--init--"}
    assert {rule.name for rule in lint.RULES} == files


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_says_what_why_and_what_to_do(rule: Rule) -> None:
    assert rule.checker == "lint"
    for text in (rule.purpose, rule.why, rule.remedy):
        assert text.endswith(".")
        assert "\n" not in text
