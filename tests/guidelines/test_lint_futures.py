"""Futures that are lost, or used as if they were values, and those that are not."""

from pathlib import Path

import pytest

from tests.guidelines.snippets import HEAD
from tests.guidelines.trees import check

BODY = """
import json, decimal
from pydantic import BaseModel

class Out(BaseModel):
    n: int

def later(ctx): return ctx.get("n", type_hint=int)
def perhaps(ctx, yes):
    if yes:
        return ctx.get("n", type_hint=int)
    return None

async def total(ctx): return await ctx.run_typed("x", effect)

@obj.handler()
async def other(ctx: ObjectContext, x: str) -> str:
    return x

@wf.main()
async def h(ctx: WorkflowContext, x: str) -> str:
    {statements}
    return x
"""

FOUND = """
[ctx.run_typed("x", effect) for _ in x]
ctx.run_typed("a", effect), ctx.run_typed("b", effect)
x and ctx.run_typed("a", effect)
ctx.run_typed("a", effect) if x else None
ctx.promise("p").value()
ctx.promise("p").peek()
ctx.object_call(other, key="k", arg=x)
ctx.service_send(other, x).invocation_id()
n = ctx.get("n"); x = "a" if not n else "b"
n = ctx.get("n"); x = n["a"]
n = ctx.get("n"); x = n.lower()
n = ctx.get("n"); x = "a" if n is None else "b"
n = ctx.get("n"); x = "a" if n == 3 else "b"
n = ctx.get("n"); x = f"{n}"
n = 1; n += ctx.get("n")
n: int = ctx.get("n"); x = str(n)
x = datetime.fromtimestamp(ctx.time())
x = str(int(ctx.time()))
x = json.dumps(ctx.get("n"))
x = ctx.get("n")["a"]
x = ctx.get("n").lower()
x = str(len(ctx.state_keys()))
for key in ctx.state_keys(): ctx.clear(key)
x = [key for key in ctx.state_keys()]
a, b = ctx.run_typed("x", effect); x = a + b
ctx.set("m", ctx.get("n"))
ctx.object_send(other, key="k", arg=ctx.run_typed("x", effect))
x = Out(n=ctx.get("n"))
x = later(ctx) + 1
assert ctx.get("n")
while not ctx.get("n"): x = "b"
x = ctx.get("n") or ""
x = ctx.time() + 60
n = ctx.promise("p").value(); x = "a" if n == "b" else "c"
n = total(ctx)
n = total(ctx); x = n + "a"
x = "a" if total(ctx) else "b"
x = total(ctx).lower()
[total(ctx) for _ in x]
"""

CLEAN = """
n = ctx.get("n"); x = await n
n = None; n = ctx.get("n") if x else n; x = await n if n else ""
n = perhaps(ctx, x); x = await n if n is not None else ""
n = ctx.run_typed("a", effect); m = ctx.sleep(timedelta(1)); r = await restate.select(n=n, m=m); x = r[0]
n = ctx.run_typed("a", effect); d, p = await restate.wait_completed(n); x = str(n in d)
n = [ctx.run_typed("a", effect)]; n += [ctx.run_typed("b", effect)]; await restate.gather(*n)
n = ctx.object_call(other, key="k", arg=x); x = await n.invocation_id(); await n
n = {"a": ctx.run_typed("a", effect)}; x = await n["a"]
x = (await ctx.get("n")) or ""
[await ctx.run_typed("x", effect) for _ in x]
x = await later(ctx)
n, m = ctx.run_typed("a", effect), ctx.run_typed("b", effect); x = await n + await m
n, m = ctx.awakeable(); x = n + await m
n = ctx.get("n"); n = await n; x = "a" if not n else "b"
n = await ctx.get("n"); x = n.lower() if n else ""
ctx.object_send(other, key="k", arg=x)
x = await (ctx.get("n") if x else ctx.get("m"))
for n in [ctx.run_typed("a", effect), ctx.run_typed("b", effect)]: x = await n
n = total(ctx); x = await n
x = (await total(ctx)).lower()
async for n in restate.as_completed(ctx.run_typed("a", effect)): x = await n
"""


def _found(root: Path, statements: str) -> list[str]:
    found = check(root, {"app.py": HEAD + BODY.replace("{statements}", statements)})
    return [finding.message for finding in found if finding.rule == "unawaited-operation"]


@pytest.mark.parametrize("statements", FOUND.strip().splitlines())
def test_is_found(statements: str, tmp_path: Path) -> None:
    assert _found(tmp_path, statements)


@pytest.mark.parametrize("statements", CLEAN.strip().splitlines())
def test_is_clean(statements: str, tmp_path: Path) -> None:
    assert _found(tmp_path, statements) == []
