"""Exclusive handlers that wait while they hold their key's lock."""

from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.project import Project
from guidelines.lint.report import at
from guidelines.lint.waits import EVENTS, waits
from guidelines.rule import Rule


def check(project: Project) -> Iterator[Finding]:
    reached = project.from_handlers(handler for handler in project.handlers if handler.exclusive)
    for frame in reached:
        for wait in waits(project, frame):
            events = sorted(wait.kinds & EVENTS)
            if events or wait.kinds == {"sleep"}:
                what = f"waits for a{'n' if events[0][0] in 'aeiou' else ''} {events[0]}" if events else "sleeps"
                message = f"an exclusive handler {what}: everybody else who wants this key waits too"
                yield at(project, RULE, frame, wait.node, message, reached=reached)


RULE = Rule(
    name="blocks-exclusive-handler",
    guidelines=("dont-II-2",),
    severity=Severity.WARNING,
    checker="lint",
    purpose="Finds sleeps and waits for awakeables, promises and signals in exclusive handlers of virtual objects.",
    why="An exclusive handler holds the lock of its key. While it sleeps, every other message for that key queues up.",
    remedy="Send a delayed message to another handler of the object instead of sleeping; wait in a workflow.",
    bad="""
from datetime import timedelta

import restate

door = restate.VirtualObject("Door")


@door.handler()
async def unlock(ctx: restate.ObjectContext) -> None:
    ctx.set("locked", False)
    await ctx.sleep(timedelta(minutes=5))
    ctx.set("locked", True)
""",
    good="""
from datetime import timedelta

import restate

door = restate.VirtualObject("Door")


@door.handler()
async def unlock(ctx: restate.ObjectContext) -> None:
    ctx.set("locked", False)
    ctx.object_send(lock, key=ctx.key(), arg=None, send_delay=timedelta(minutes=5))


@door.handler()
async def lock(ctx: restate.ObjectContext) -> None:
    ctx.clear("locked")
""",
    check=check,
)
