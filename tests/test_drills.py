"""The drills of a rendered project: its runbook does what it says."""

import os

import pytest

from tests.rendering import Project


@pytest.mark.slow
def test_the_runbook_does_what_it_says(deployed: Project) -> None:
    """Traces included. A blank project's drills are the same: their services are not the shop's."""
    printed = deployed.make("drill")
    assert " passed" in printed
    # what only root can rehearse
    assert "skipped" not in printed or os.geteuid() != 0
