"""A shop whose code no longer fits what is in flight: its own tests say so."""

from pathlib import Path

import pytest

from tests.rendering import Project

RESERVED = "        await reserve_stock(ctx, saga, placed)\n"
STEP = '        await ctx.run_typed("look for fraud", current_terms)\n'


@pytest.mark.slow
def test_a_step_before_a_recorded_one_turns_the_journals_red(shop: Project, tmp_path: Path) -> None:
    project = shop.copied(tmp_path / "shop")
    project.run("pytest", "-q", "tests/test_journals.py", RESTATE_TEST_SERVER="native")
    path = project.path / "workflows" / "order.py"
    path.write_text(path.read_text().replace(RESERVED, STEP + RESERVED, 1))
    with pytest.raises(AssertionError) as red:
        project.run("pytest", "-q", "tests/test_journals.py", RESTATE_TEST_SERVER="native")
    said = str(red.value)
    assert "deploy as a new version" in said
    assert "make journals" in said
    assert "the journal has set state, the code run" in said
