"""What the linter finds, and leaves alone, in projects that were written and labelled without knowing how it works.

The shares are those reached; they may only rise. `python tests/guidelines/scoring.py` names every miss.
"""

import pytest

from tests.guidelines.scoring import Score, run

BAD_FOUND = 0.995
WARN_FOUND = 0.97

MOST_FALSE_WARNINGS = 0


@pytest.fixture(scope="module")
def scored() -> Score:
    return run()


def test_the_corpus_is_large(scored: Score) -> None:
    assert len(scored.bad) >= 400
    assert scored.ok >= 660


def test_what_breaks_code_is_found(scored: Score) -> None:
    assert len(scored.missed_bad) <= (1 - BAD_FOUND) * len(scored.bad), scored.missed_bad


def test_what_usually_breaks_code_is_found(scored: Score) -> None:
    assert len(scored.missed_warn) <= (1 - WARN_FOUND) * len(scored.warn), scored.missed_warn


def test_no_error_is_wrong(scored: Score) -> None:
    assert scored.false_errors == []


def test_hardly_any_warning_is_wrong(scored: Score) -> None:
    assert len(scored.false_warnings) <= MOST_FALSE_WARNINGS, scored.false_warnings
