"""Each rule finds its violation in every handler of shop and probe: two disguises a rule here, all in the script."""

from pathlib import Path

import pytest

from tests.guidelines.mutate_lint import DISGUISES, VIOLATIONS, Measured, measure

TEMPLATE = Path(__file__).parents[2] / "template"


def disguises(rule: str) -> list[str]:
    """Others for each rule, so that together they are all there."""
    names, first = list(DISGUISES), list(VIOLATIONS).index(rule)
    return [names[(first * 2 + step) % len(names)] for step in range(2)]


def test_every_disguise_is_tried() -> None:
    assert {name for rule in VIOLATIONS for name in disguises(rule)} == set(DISGUISES)


@pytest.mark.slow
@pytest.mark.parametrize("rule", VIOLATIONS)
def test_a_violation_is_found_in_every_handler(rule: str) -> None:
    missed: list[Measured] = []
    for name in disguises(rule):
        found = list(measure(TEMPLATE, rule, name))
        assert found
        missed += [each for each in found if not each.hit]
    assert missed == []
