"""State written by shared handlers."""

from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model import sdk
from guidelines.lint.model.project import Project
from guidelines.lint.report import at
from guidelines.rule import Rule


def check(project: Project) -> Iterator[Finding]:
    reached = project.from_handlers(handler for handler in project.handlers if handler.mode == "shared")
    for frame in reached:
        for call in project.calls(frame):
            for name in sorted(project.operations(frame, call) & sdk.WRITES):
                message = (
                    f"ctx.{name} in a shared handler: the server refuses it, and the invocation is retried for ever"
                )
                yield at(project, RULE, frame, call, message, reached=reached)


RULE = Rule(
    name="write-in-shared-handler",
    guidelines=("do-IV-4", "do-IV-3"),
    severity=Severity.ERROR,
    checker="lint",
    purpose="Finds ctx.set, clear and clear_all that a shared handler reaches.",
    why="Shared handlers run beside the exclusive one and may only read. The SDK lets the write through; the "
    "server refuses it on every attempt.",
    remedy="Write in an exclusive handler, or in the workflow's main handler.",
    bad="""
import restate

counter = restate.VirtualObject("Counter")


@counter.handler(kind="shared")
async def read(ctx: restate.ObjectContext) -> int:
    count = await ctx.get("count", type_hint=int) or 0
    ctx.set("reads", count)
    return count


@counter.handler()
async def reset(ctx: restate.ObjectContext) -> None:
    ctx.clear_all()
""",
    good="""
import restate

counter = restate.VirtualObject("Counter")


@counter.handler(kind="shared")
async def read(ctx: restate.ObjectSharedContext) -> int:
    return await ctx.get("count", type_hint=int) or 0


@counter.handler()
async def reset(ctx: restate.ObjectContext) -> None:
    ctx.clear_all()
""",
    check=check,
)
