"""`make load`, at a size that is over soon."""

import pytest

from tests.rendering import Project

pytestmark = pytest.mark.slow


def test_no_order_fails_under_load(shop: Project) -> None:
    printed = shop.run("python", "-m", "dev.load", RESTATE_TEST_SERVER="native", LEVELS="1,10", SLEEPING="5")
    assert "no order failed, none was lost, and the books agree" in printed


@pytest.mark.parametrize("wrong", [{"LEVELS": "1,many"}, {"SLEEPING": "-1"}])
def test_wrong_options_are_named(shop: Project, wrong: dict[str, str]) -> None:
    ((name, value),) = wrong.items()
    assert f"{name}={value}: give" in shop.fails("python", "-m", "dev.load", environment=wrong, code=2)
