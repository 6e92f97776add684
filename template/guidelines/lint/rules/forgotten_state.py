"""State that is never cleared."""

from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.project import Project
from guidelines.lint.report import in_function
from guidelines.rule import Rule


def check(project: Project) -> Iterator[Finding]:
    services = {handler.service for handler in project.handlers if handler.service.kind == "object"}
    for service in services:
        operations: set[str] = set()
        for frame in project.from_handlers(service.handlers):
            for call in project.calls(frame):
                operations |= project.operations(frame, call)
        if "set" in operations and not operations & {"clear", "clear_all"}:
            message = f"{service.name} sets state and no handler of it clears any: keys are kept for ever"
            yield in_function(RULE, service.frame.function, service.node, message)


RULE = Rule(
    name="forgotten-state",
    guidelines=("do-IV-5",),
    severity=Severity.ADVICE,
    checker="lint",
    purpose="Finds virtual objects that set state and never clear it.",
    why="State has no expiry. Objects that are made per order or per session add up.",
    remedy="Clear it with ctx.clear_all() when the object's life is over, for example by a delayed message.",
    bad="""
import restate

session = restate.VirtualObject("Session")


@session.handler()
async def say(ctx: restate.ObjectContext, text: str) -> None:
    ctx.set("last", text)
""",
    good="""
from datetime import timedelta

import restate

session = restate.VirtualObject("Session")


@session.handler()
async def say(ctx: restate.ObjectContext, text: str) -> None:
    ctx.set("last", text)
    ctx.object_send(expire, key=ctx.key(), arg=None, send_delay=timedelta(days=30))


@session.handler()
async def expire(ctx: restate.ObjectContext) -> None:
    ctx.clear_all()
""",
    check=check,
)
