"""Idempotency keys where Restate deduplicates anyway."""

from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model import sdk
from guidelines.lint.model.project import Project
from guidelines.lint.report import at
from guidelines.rule import Rule


def check(project: Project) -> Iterator[Finding]:
    for frame in project.durable:
        for call in project.calls(frame):
            names = project.operations(frame, call)
            key = next((keyword.value for keyword in call.keywords if keyword.arg == "idempotency_key"), None)
            if key is not None and names & sdk.CALLS:
                message = "an idempotency key on a call from a handler: the journal makes it happen once already"
                yield at(project, RULE, frame, call, message)


RULE = Rule(
    name="redundant-idempotency-key",
    guidelines=("dont-II-3",),
    severity=Severity.WARNING,
    checker="lint",
    purpose="Finds idempotency keys on calls that one handler makes to another.",
    why="Within one execution the journal makes each call happen once. The key adds nothing but a second "
    "retention, and two calls that share it by mistake get the first one's result.",
    remedy="Leave it out; a key is for several callers that may send the same request.",
    bad="""
import restate

greeter = restate.Service("Greeter")


@greeter.handler()
async def greet(ctx: restate.Context, name: str) -> str:
    return f"Hello {name}"


@greeter.handler()
async def welcome(ctx: restate.Context, name: str) -> str:
    return await ctx.service_call(greet, name, idempotency_key=name)
""",
    good="""
import restate

greeter = restate.Service("Greeter")


@greeter.handler()
async def greet(ctx: restate.Context, name: str) -> str:
    return f"Hello {name}"


@greeter.handler()
async def welcome(ctx: restate.Context, name: str) -> str:
    return await ctx.service_call(greet, name)
""",
    check=check,
)
