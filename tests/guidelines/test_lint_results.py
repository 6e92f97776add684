"""What steps return, when compensations are registered, and what a wrapped handler's types are."""

from pathlib import Path
from textwrap import indent

import pytest

from tests.guidelines.snippets import loud
from tests.guidelines.trees import rules_of

BODY = """
import decimal, typing
from datetime import date
from pydantic import BaseModel

class Item(BaseModel):
    n: int

class Finder:
    async def __call__(self, x: str) -> str: return x

class Plain:
    def __call__(self, x: str) -> str: return x

def rows() -> list: return [Item(n=1)]
def dumped() -> list: return [Item(n=1).model_dump()]
def row() -> dict: return {"at": datetime.now()}
def told() -> dict[str, str]: return {"at": datetime.now().isoformat()}
def open_() -> typing.Any: return {"a": {1, 2}}
def item() -> Item: return Item(n=1)
async def response(x: str):
    async with httpx.AsyncClient() as client:
        return await client.get(x)

@obj.handler()
async def h(ctx: ObjectContext, x: str) -> str:
    return str(await ctx.run_typed("x", {action}))
"""

REFUSED = """
lambda: datetime.now().date()
lambda: datetime.now() + timedelta(days=1)
lambda: {"at": datetime.now()}
lambda: [uuid.uuid4()]
lambda: {"a": {"b": {x}}}
lambda: [Item(n=1)]
lambda: decimal.Decimal("1")
lambda: date(2024, 1, 1)
lambda: httpx.get(x)
uuid.uuid4
date.today
Finder(), RunOptions(), x
response, x=x
rows
row
open_
"""

ACCEPTED = """
lambda: datetime.now().isoformat()
lambda: (datetime.now() - datetime(2024, 1, 1)).total_seconds()
lambda: {"at": datetime.now().isoformat(), "id": str(uuid.uuid4())}
lambda: sorted({1, 2})
lambda: [i.model_dump() for i in [Item(n=1)]]
lambda: httpx.get(x).json()
lambda: str(decimal.Decimal("1"))
Plain(), RunOptions(), x
dumped
told
item
time.time
"""


@pytest.mark.parametrize("action", REFUSED.strip().splitlines())
def test_no_json(action: str, tmp_path: Path) -> None:
    assert "unserialisable-step-result" in _rules(tmp_path, BODY.replace("{action}", action))


@pytest.mark.parametrize("action", ACCEPTED.strip().splitlines())
def test_json(action: str, tmp_path: Path) -> None:
    assert "unserialisable-step-result" not in _rules(tmp_path, BODY.replace("{action}", action))


SAGA = """
def book(key: str) -> str: return key
def load(key: str) -> str: return key
def cancel(key: str) -> None: ...

@svc.handler()
async def h(ctx: Context, key: str) -> str:
    undo = []
    try:
{statements}
        return ""
    except TerminalError:
        for step in reversed(undo):
            await step()
        raise
"""
REGISTER = 'undo.append(lambda: ctx.run_typed("c", cancel, key={}))\n'
LATE = [
    'f = await ctx.run_typed("b", book, key=key)\n' + REGISTER.format("f"),
    'f = await ctx.run_typed("b", book, key=key)\n' + REGISTER.format("f") + 'await ctx.run_typed("b", book, key=f)\n',
    'await ctx.run_typed("b", book, key=key)\n' + REGISTER.format("key") + 'await ctx.run_typed("b", book, key=key)\n',
]
IN_TIME = [
    REGISTER.format("key") + 'await ctx.run_typed("b", book, key=key)',
    'await ctx.run_typed("l", load, key=key)\n' + REGISTER.format("key") + 'await ctx.run_typed("b", book, key=key)',
    'await ctx.run_typed("l", book, key="x")\n' + REGISTER.format("key") + 'await ctx.run_typed("b", book, key=key)',
]


@pytest.mark.parametrize("statements", LATE)
def test_late(statements: str, tmp_path: Path) -> None:
    assert "late-compensation" in _rules(tmp_path, SAGA.replace("{statements}", indent(statements, " " * 8)))


@pytest.mark.parametrize("statements", IN_TIME)
def test_in_time(statements: str, tmp_path: Path) -> None:
    assert "late-compensation" not in _rules(tmp_path, SAGA.replace("{statements}", indent(statements, " " * 8)))


WRAPPED = """
def traced(fn):
    @functools.wraps(fn)
    async def wrapper(ctx, *args):
        return await fn(ctx, *args)
    return wrapper

@svc.handler()
@traced
async def h(ctx: Context, x: {type}) -> str:
    return str(x)
"""


@pytest.mark.parametrize(("annotation", "found"), [("str", False), ("dict", True)])
def test_a_wrapper_has_the_types_of_what_it_wraps(annotation: str, found: bool, tmp_path: Path) -> None:
    assert ("untyped-handler" in _rules(tmp_path, WRAPPED.replace("{type}", annotation))) == found


def test_a_namespace_holds_the_context(tmp_path: Path) -> None:
    body = """
import types
@svc.handler()
async def h(ctx: Context) -> None:
    bag = types.SimpleNamespace(ctx=ctx)
    await bag.ctx.run_typed("x", lambda: bag.ctx.sleep(timedelta(1)))
"""
    assert "context-in-step" in _rules(tmp_path, body)


def test_members_of_an_enum_have_its_methods(tmp_path: Path) -> None:
    body = """
import enum
class Kind(enum.Enum):
    A = "a"
    def make(self): return uuid.uuid4().hex
@svc.handler()
async def h(ctx: Context) -> str:
    return Kind.A.make()
"""
    assert "unstable-id" in _rules(tmp_path, body)


def test_a_return_annotation_tells_what_the_code_does_not(tmp_path: Path) -> None:
    body = """
class Clock:
    def now(self): return time.time()
def find(name) -> Clock: return REGISTRY[name]
@svc.handler()
async def h(ctx: Context) -> float:
    return find("x").now()
"""
    assert "unstable-clock" in _rules(tmp_path, body)


def _rules(root: Path, body: str) -> list[str]:
    """The rules that find something at warning or error."""
    return rules_of(loud(root, body))
