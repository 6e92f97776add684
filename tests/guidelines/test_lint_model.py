"""What the model sees through: each snippet hides one violation, or none, in a form of Python that people write."""

from pathlib import Path

import pytest

from tests.guidelines.forms.clean import CLEAN
from tests.guidelines.forms.found import FOUND
from tests.guidelines.snippets import loud
from tests.guidelines.trees import rules_of


@pytest.mark.parametrize("name", FOUND)
def test_a_violation_is_found(name: str, tmp_path: Path) -> None:
    rule, code = FOUND[name]
    found = loud(tmp_path, code)
    assert rule in rules_of(found), found


@pytest.mark.parametrize("name", CLEAN)
def test_right_code_is_clean(name: str, tmp_path: Path) -> None:
    assert [finding for finding in loud(tmp_path, CLEAN[name]) if finding.rule != "untyped-handler"] == []
