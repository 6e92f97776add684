"""Every module of `snippets/`: what hides a violation is found, by no other rule, and what is right is left alone."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from tests.guidelines import snippets
from tests.guidelines.snippets import errors, loud
from tests.guidelines.trees import rules_of

SUBJECTS = {each.name: import_module(f"{snippets.__name__}.{each.name}") for each in iter_modules(snippets.__path__)}
FOUND = [
    pytest.param(rule, snippet, id=f"{subject}-{name}")
    for subject, module in SUBJECTS.items()
    for name, (rule, snippet) in module.FOUND.items()
]
CLEAN = [
    pytest.param(snippet, id=f"{subject}-{name}")
    for subject, module in SUBJECTS.items()
    for name, snippet in module.CLEAN.items()
]


@pytest.mark.parametrize(("rule", "snippet"), FOUND)
def test_a_violation_is_found(rule: str, snippet: str, tmp_path: Path) -> None:
    found = loud(tmp_path, snippet)
    assert rule in rules_of(found), found
    assert set(rules_of(errors(found))) <= {rule}


@pytest.mark.parametrize("snippet", CLEAN)
def test_right_code_is_clean(snippet: str, tmp_path: Path) -> None:
    assert [finding for finding in loud(tmp_path, snippet) if finding.rule != "untyped-handler"] == []


def test_a_hundred_helpers_deep_is_not_too_deep(tmp_path: Path) -> None:
    helpers = "\n".join(f"async def f{n}(c, fn): return await f{n + 1}(c, fn)" for n in range(100))
    snippet = f"""
{helpers}
async def f100(c, fn):
    c.run_typed("x", fn)
    return time.time()
@svc.handler()
async def h(ctx: Context) -> float:
    return await f0(ctx, lambda: time.time())
"""
    assert rules_of(errors(loud(tmp_path, snippet))) == ["unawaited-operation", "unstable-clock"]


def test_a_table_of_functions_is_known_by_its_keys(tmp_path: Path) -> None:
    snippet = """
OPS = {"now": datetime.now, "const": lambda: 4}

@svc.handler()
async def tell(ctx: Context, n: int) -> str:
    return str(OPS["const"]()) + str(OPS["now"]())
"""
    found = [(each.rule, each.column) for each in errors(loud(tmp_path, snippet))]
    assert found == [("unstable-clock", snippet.splitlines()[-1].index('OPS["now'))]
