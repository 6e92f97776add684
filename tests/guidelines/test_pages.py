"""Documentation is generated, is up to date, and its examples do what it says they do."""

import re
import tomllib
from pathlib import Path

import pytest

from guidelines import pages
from guidelines.catalogue import RULES
from guidelines.checking import check
from guidelines.config import parse, project_of
from guidelines.manifest import app
from guidelines.registry import REGISTRY
from guidelines.rule import Rule
from tests.guidelines.conftest import Build

TEMPLATE = Path(__file__).parents[2] / "template"

EACH = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


def found(build: Build, rule: Rule, source: str) -> set[str]:
    root = build({"app.py" if rule.checker == "manifest" else rule.file: source})
    return {finding.rule for finding in check(root, project_of(root), app.start(root)).findings}


@EACH
def test_the_bad_example_of_a_rule_is_found(build: Build, rule: Rule) -> None:
    assert rule.name in found(build, rule, rule.bad)


@EACH
def test_nothing_is_found_in_the_good_example_of_a_rule(build: Build, rule: Rule) -> None:
    assert rule.name not in found(build, rule, rule.good)


@EACH
def test_a_page_shows_both_examples(rule: Rule) -> None:
    page = pages.page(rule)
    for part in (rule.purpose, rule.why, rule.remedy, rule.bad.strip(), rule.good.strip()):
        assert part in page
    for guideline in rule.guidelines:
        assert REGISTRY[guideline].sentence in page


@EACH
def test_what_a_rule_says_of_itself_are_sentences(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    for text in (rule.purpose, rule.why, rule.remedy):
        assert text.endswith((".", "?")), text


def test_the_generated_files_are_up_to_date() -> None:
    """`cd template && python -m guidelines docs` mends it."""
    assert [str(path) for path in pages.stale(TEMPLATE)] == []
    assert (TEMPLATE / "docs" / "guidelines.md").is_file()
    assert f"{pages.BEGIN}\n\n{pages.table()}\n\n{pages.END}" in (TEMPLATE / "AGENTS.md.jinja").read_text()


def test_a_stale_file_is_noticed_and_mended(build: Build) -> None:
    root = build({"AGENTS.md": f"# A\n\n{pages.BEGIN}\nold\n{pages.END}\n\nmore\n", "docs/guidelines.md": "old"})
    stale = pages.stale(root)
    assert {path.relative_to(root).as_posix() for path in stale} == {"AGENTS.md", "docs/guidelines.md"}
    for path, text in stale.items():
        path.write_text(text, encoding="utf-8")
    assert pages.stale(root) == {}
    assert (root / "AGENTS.md").read_text().startswith("# A\n")
    assert (root / "AGENTS.md").read_text().endswith("\n\nmore\n")


def test_a_project_that_threw_them_away_is_left_in_peace(build: Build) -> None:
    assert pages.stale(build({"AGENTS.md": "# My own\n"})) == {}


def test_the_table_can_stand_in_a_jinja_file_and_in_every_project() -> None:
    assert not re.search(r"{[{%#]", pages.table())
    assert not re.search(r"shop|inventory|teapot|payment|demo", pages.table(), re.IGNORECASE)


def test_the_document_has_every_guideline_and_rule() -> None:
    lines = pages.document().splitlines()
    for guideline in REGISTRY:
        assert f"#### {guideline}" in lines
    for rule in RULES:
        assert f"### {rule}" in lines


def test_the_document_names_no_file_that_a_project_may_lack() -> None:
    assert re.findall(r"`(?:services|objects|workflows|gateways|tests)/[^`]+`", pages.document()) == []


def test_a_page_names_the_files_and_tests_that_the_project_has(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = pages.guideline(REGISTRY["do-V-4"])
    assert "Shown in: `workflows/order.py`" in page
    assert "test `tests/workflows/test_order.py::" in page
    monkeypatch.setattr(pages, "PROJECT", tmp_path)
    page = pages.guideline(REGISTRY["do-V-4"])
    assert "Shown in: nothing. Enforced by lint `late-compensation`." in page
    assert "tests/" not in page + pages.listing(REGISTRY.values())


def test_the_settings_in_the_document_are_settings() -> None:
    for block in re.findall(r"```toml\n(\[tool.*?)```", pages.document(), re.DOTALL):
        parse(tomllib.loads(block)["tool"]["guidelines"], RULES, Path("pyproject.toml"))
