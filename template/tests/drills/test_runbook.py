"""The runbook itself: nothing in it that no drill has done."""

from pathlib import Path

import pytest

from tests.drills import runbook

DRILLS = {path.name for path in Path(__file__).parent.glob("test_*.py")}


def test_every_command_has_a_name_of_its_own() -> None:
    text = runbook.RUNBOOK.read_text()
    names = [command.name for command in runbook.commands(text)]
    assert names
    assert "" not in names
    assert len(set(names)) == len(names)
    assert text.count("```sh") * 2 == text.count("```") == len(names) * 2


def test_every_command_was_executed_by_a_drill(request: pytest.FixtureRequest) -> None:
    if {item.path.name for item in request.session.items} != DRILLS:
        pytest.skip("only some of the drills are run")
    names = {command.name for command in runbook.commands(runbook.RUNBOOK.read_text())}
    assert runbook.executed == names
