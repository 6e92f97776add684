"""All 75 guidelines are there, and nothing in the registry refers to something that is not."""

import re
from pathlib import Path

import pytest

from guidelines.catalogue import RULES
from guidelines.registry import GROUPS, KINDS, REGISTRY, Guideline

TEMPLATE = Path(__file__).parents[2] / "template"

SIZES = {
    "do-I": 6,
    "do-II": 5,
    "do-III": 4,
    "do-IV": 8,
    "do-V": 9,
    "do-VI": 2,
    "do-VII": 12,
    "do-VIII": 4,
    "dont-I": 6,
    "dont-II": 4,
    "dont-III": 9,
    "dont-IV": 5,
    "dont-V": 1,
}

ROWS = pytest.mark.parametrize("row", REGISTRY.values(), ids=REGISTRY)


def test_there_are_75_rows() -> None:
    expected = [f"{group}-{number}" for group, size in SIZES.items() for number in range(1, size + 1)]
    assert list(REGISTRY) == expected
    assert len(expected) == 75
    assert GROUPS.keys() == SIZES.keys()


@ROWS
def test_a_row_says_what_to_do_and_why(row: Guideline) -> None:
    assert row.sentence.endswith(".")
    assert row.why.endswith(".")


@ROWS
def test_a_row_has_a_check_or_says_why_not(row: Guideline) -> None:
    assert row.enforced_by
    if row.status in ("pending", "people", "other") or not row.shown_in:
        assert row.reason


@ROWS
def test_what_a_row_shows_exists(row: Guideline) -> None:
    for path in row.shown_in:
        assert (TEMPLATE / path).exists() or (TEMPLATE / f"{path}.jinja").exists(), path


@ROWS
def test_every_check_of_a_row_exists(row: Guideline) -> None:
    for check in row.enforced_by:
        kind, _, name = check.partition(":")
        assert kind in KINDS
        match kind:
            case "doc" | "n/a":
                assert not name
            case _ if name == "pending":
                assert row.reason or row.status == "partly"
            case "lint" | "manifest" | "config":
                assert RULES[name].checker == kind
            case "types":
                assert name == "mypy"
                assert "mypy ." in (TEMPLATE / "Makefile.jinja").read_text()
            case "replay":
                assert name == "lanes"
            case "test":
                file, test = name.split("::")
                assert re.search(rf"def {test}\(", (TEMPLATE / file).read_text()), name
            case _:
                pytest.fail(f"{check} can only be pending")


def test_every_rule_enforces_a_row_that_knows_of_it() -> None:
    for rule in RULES.values():
        for guideline in rule.guidelines:
            assert f"{rule.checker}:{rule.name}" in REGISTRY[guideline].enforced_by, (rule.name, guideline)


def test_every_rule_that_a_row_names_says_so_itself() -> None:
    for row in REGISTRY.values():
        for check in row.enforced_by:
            kind, _, name = check.partition(":")
            if kind in ("lint", "manifest", "config") and name != "pending":
                assert row.id in RULES[name].guidelines, (row.id, name)


def test_the_types_check_sees_what_is_not_awaited() -> None:
    assert 'enable_error_code = ["unused-awaitable"]' in (TEMPLATE / "pyproject.toml.jinja").read_text()
