"""A finding is accepted in its place, for a reason, and not a line further."""

import pytest

from guidelines.finding import Finding, Severity
from guidelines.suppressions import Suppressions, parse

RULES = ["no-deadline", "broad-except"]


def judged(source: str, *found: tuple[int, str]) -> tuple[list[tuple[int, str]], list[tuple[int, str, str]]]:
    """What remains of findings, and what is wrong with the suppressions."""
    suppressions = Suppressions(list(parse("a.py", source)), RULES, RULES)
    findings = [Finding("a.py", line, 0, rule, "", Severity.ERROR, "") for line, rule in found]
    remaining = [(finding.line, finding.rule) for finding in suppressions.remaining(findings)]
    return remaining, [(problem.line, problem.rule, problem.message) for problem in suppressions.problems()]


def test_a_finding_is_accepted_on_its_line() -> None:
    assert judged("wait()  # guidelines: ignore[no-deadline] it always comes\n", (1, "no-deadline")) == ([], [])


def test_a_comment_of_its_own_speaks_of_the_next_line_of_code() -> None:
    source = "# guidelines: ignore[no-deadline] it always comes\n\n# another comment\nwait()\n"
    assert judged(source, (4, "no-deadline")) == ([], [])


def test_a_comment_speaks_of_no_other_line() -> None:
    source = "wait()  # guidelines: ignore[no-deadline] it always comes\nwait()\n"
    assert judged(source, (1, "no-deadline"), (2, "no-deadline")) == ([(2, "no-deadline")], [])


def test_a_comment_speaks_of_no_other_rule() -> None:
    remaining, problems = judged("wait()  # guidelines: ignore[no-deadline] always comes\n", (1, "broad-except"))
    assert remaining == [(1, "broad-except")]
    assert problems == [(1, "unused-suppression", "nothing to ignore: no-deadline finds nothing on line 1")]


def test_one_comment_can_name_several_rules() -> None:
    source = "wait()  # guidelines: ignore[no-deadline, broad-except] it always comes\n"
    assert judged(source, (1, "no-deadline"), (1, "broad-except")) == ([], [])


@pytest.mark.parametrize("reason", ["", "   ", " -- ", "  # noqa: E501"])
def test_a_suppression_needs_a_reason(reason: str) -> None:
    _, problems = judged(f"wait()  # guidelines: ignore[no-deadline]{reason}\n", (1, "no-deadline"))
    assert problems == [(1, "suppression-without-reason", "ignore[no-deadline] does not say why")]


def test_a_suppression_that_nothing_needs_is_an_error() -> None:
    _, problems = judged("x = 1\nwait()  # guidelines: ignore[no-deadline] it always comes\n")
    assert problems == [(2, "unused-suppression", "nothing to ignore: no-deadline finds nothing on line 2")]


def test_an_unknown_rule_is_named_with_the_nearest() -> None:
    _, problems = judged("wait()  # guidelines: ignore[no-dedline] it always comes\n")
    message = "there is no rule 'no-dedline'; the nearest is 'no-deadline'"
    assert problems == [(1, "unknown-rule-in-suppression", message)]


def test_a_suppression_must_name_a_rule() -> None:
    _, problems = judged("wait()  # guidelines: ignore it always comes\n")
    assert [rule for _, rule, _ in problems] == ["unknown-rule-in-suppression"]


def test_a_rule_that_did_not_run_is_not_missed() -> None:
    comments = list(parse("a.py", "wait()  # guidelines: ignore[no-deadline] it always comes\n"))
    suppressions = Suppressions(comments, RULES, ran=["broad-except"])
    assert list(suppressions.problems()) == []


def test_a_string_is_no_comment() -> None:
    assert list(parse("a.py", 'x = "# guidelines: ignore[no-deadline] why"\n')) == []
