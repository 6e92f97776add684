"""Waits for the outside world that may last for ever."""

from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.project import Project
from guidelines.lint.report import at
from guidelines.lint.waits import EVENTS, waits
from guidelines.rule import Rule


def check(project: Project) -> Iterator[Finding]:
    every = [(frame, wait) for frame in project.durable for wait in waits(project, frame)]
    timed = {site for _, wait in every if wait.timed for site in wait.sites}
    for frame, wait in every:
        events = sorted(wait.kinds & EVENTS)
        if events and not wait.timed and not wait.sites & timed:
            message = f"waits for a {events[0]} without a deadline"
            yield at(project, RULE, frame, wait.node, message.replace("a awa", "an awa"))


RULE = Rule(
    name="no-deadline",
    guidelines=("do-V-8",),
    severity=Severity.WARNING,
    checker="lint",
    purpose="Finds waits for awakeables, durable promises and signals without a timer beside them.",
    why="Nobody promises that the event comes. The invocation then waits for ever, and nobody is told.",
    remedy="Wait with restate.select(…, timeout=ctx.sleep(…)) and decide what happens when the time is over.",
    bad="""
import restate

approvals = restate.Service("Approvals")


@approvals.handler()
async def ask(ctx: restate.Context, question: str) -> str:
    name, answer = ctx.awakeable(type_hint=str)
    await ctx.run_typed("ask", print, restate.RunOptions(type_hint=str), question, name)
    return await answer
""",
    good="""
from datetime import timedelta

import restate

approvals = restate.Service("Approvals")


@approvals.handler()
async def ask(ctx: restate.Context, question: str) -> str:
    name, answer = ctx.awakeable(type_hint=str)
    await ctx.run_typed("ask", print, restate.RunOptions(type_hint=str), question, name)
    match await restate.select(answer=answer, timeout=ctx.sleep(timedelta(days=3))):
        case ["answer", text]:
            return str(text)
        case _:
            raise restate.TerminalError("nobody answered", status_code=408)
""",
    check=check,
)
