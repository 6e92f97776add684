"""Non-deterministic calls outside a step."""

import ast
from collections.abc import Iterator

from guidelines.finding import Edit, Finding, Severity
from guidelines.lint import fixes
from guidelines.lint.model.project import Project
from guidelines.lint.nondeterminism import Source, sources
from guidelines.lint.report import at
from guidelines.rule import Rule

WHAT = {
    "sleep": "sleeps without Restate knowing: use ctx.sleep",
    "environment": "depends on the process it runs in",
    "file": "depends on the machine it runs on",
    "network": "talks to the outside world",
    "named": "is listed as non-deterministic",
}


def check(project: Project) -> Iterator[Finding]:
    for source in sources(project):
        if source.kind in WHAT:
            message = f"{source.path} outside a step {WHAT[source.kind]}, and runs again on every replay"
            yield at(project, RULE, source.frame, source.node, message, edits=_edits(project, source))


def _edits(project: Project, source: Source) -> tuple[Edit, ...]:
    """`await asyncio.sleep(n)` becomes `await ctx.sleep(timedelta(seconds=n))`."""
    call, frame = source.node, source.frame
    if source.path != "asyncio.sleep" or not isinstance(call, ast.Call) or len(call.args) != 1 or call.keywords:
        return ()
    context, seconds = fixes.context_name(frame), fixes.source(frame, call.args[0])
    awaited = any(outer.value is call for outer in frame.function.own(ast.Await))
    if not context or not seconds or not awaited or not fixes.has_timedelta(project, frame):
        return ()
    return fixes.replace(call, f"{context}.sleep(timedelta(seconds={seconds}))")


RULE = Rule(
    name="nondeterministic-call",
    guidelines=("do-I-3", "dont-I-4"),
    severity=Severity.ERROR,
    checker="lint",
    purpose="Finds HTTP, database, file, environment and sleep calls that a handler reaches outside a durable step.",
    why="On replay the handler runs again from the start. What it does outside a step is done again, and what it "
    "learns there may differ from what the journal says, which fails the invocation with RT0016 until it "
    "happens to match.",
    remedy="Move it into a function and run that with ctx.run_typed; sleep with ctx.sleep.",
    bad="""
import httpx
import restate

quotes = restate.Service("Quotes")


async def price(sku: str) -> int:
    async with httpx.AsyncClient() as client:
        return (await client.get(f"https://prices.example/{sku}")).json()["price"]


@quotes.handler()
async def quote(ctx: restate.Context, sku: str) -> int:
    return await price(sku)
""",
    good="""
import httpx
import restate

quotes = restate.Service("Quotes")


async def price(sku: str) -> int:
    async with httpx.AsyncClient() as client:
        return (await client.get(f"https://prices.example/{sku}")).json()["price"]


@quotes.handler()
async def quote(ctx: restate.Context, sku: str) -> int:
    return await ctx.run_typed("price", price, sku=sku)
""",
    check=check,
    fixable=True,
)
