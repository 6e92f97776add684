"""The clock, read outside a step."""

import ast
from collections.abc import Iterator

from guidelines.finding import Edit, Finding, Severity
from guidelines.lint import fixes
from guidelines.lint.model.project import Project
from guidelines.lint.nondeterminism import Source, sources
from guidelines.lint.report import at
from guidelines.rule import Rule


def check(project: Project) -> Iterator[Finding]:
    for source in sources(project):
        if source.kind == "clock":
            message = f"{source.path} tells another time on every replay"
            yield at(project, RULE, source.frame, source.node, message, edits=_edits(source))


def _edits(source: Source) -> tuple[Edit, ...]:
    context = fixes.context_name(source.frame)
    if source.path != "time.time" or context is None or not isinstance(source.node, ast.Call):
        return ()
    if not fixes.is_async_place(source.frame, source.node):
        return ()
    return fixes.replace(source.node, f"await {context}.time()")


RULE = Rule(
    name="unstable-clock",
    guidelines=("do-VI-2", "do-I-3", "dont-I-4"),
    severity=Severity.ERROR,
    checker="lint",
    purpose="Finds clocks read outside a durable step: time.time, datetime.now, date.today and the like.",
    why="On replay it is later. A value in the state or in a call then differs from the journal, and a branch on "
    "it may go the other way.",
    remedy="Use await ctx.time(), in seconds; make a datetime of it with datetime.fromtimestamp(…, tz=UTC).",
    bad="""
import time

import restate

offers = restate.VirtualObject("Offers")


@offers.handler()
async def accept(ctx: restate.ObjectContext) -> float:
    now = time.time()
    ctx.set("accepted_at", now)
    return now
""",
    good="""
import restate

offers = restate.VirtualObject("Offers")


@offers.handler()
async def accept(ctx: restate.ObjectContext) -> float:
    now = await ctx.time()
    ctx.set("accepted_at", now)
    return now
""",
    check=check,
    fixable=True,
)
