"""The rules cover what the registry leaves to them, and the operations that the installed SDK has."""

import inspect
import tomllib
from pathlib import Path

import restate
from restate.context import ScopedContext

from guidelines import lint
from guidelines.lint.model import sdk

REGISTRY = Path(lint.__file__).parents[1] / "registry.toml"


def test_every_guideline_that_lint_enforces_has_a_rule() -> None:
    rows = tomllib.loads(REGISTRY.read_text())["guideline"]
    covered = {guideline for rule in lint.RULES for guideline in rule.guidelines}
    assert {row["id"] for row in rows if "lint" in row["enforced_by"]} - covered == set()


def test_every_operation_of_the_sdk_is_known() -> None:
    contexts = (restate.WorkflowContext, restate.WorkflowSharedContext, ScopedContext)
    names = {name for context in contexts for name, _ in inspect.getmembers(context, inspect.isfunction)}
    assert {name for name in names if not name.startswith("_")} - sdk.OPERATIONS == set()


def test_the_shop_is_clean() -> None:
    root = Path(lint.__file__).parents[2]
    files = [
        path
        for part in ("services", "objects", "workflows", "durable", "gateways")
        for path in (root / part).rglob("*.py")
    ]
    found = lint.run(lint.load(root, [*files, *root.glob("*.py")]))
    assert [finding for finding in found if finding.severity != "advice"] == []
