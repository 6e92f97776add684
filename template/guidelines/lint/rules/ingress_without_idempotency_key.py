"""Requests from outside that may come twice."""

from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model import sdk
from guidelines.lint.model.frame import Mode
from guidelines.lint.model.project import Project
from guidelines.lint.report import at
from guidelines.rule import Rule

METHODS = {f"restate.create_client().{name}" for name in sdk.CALLS | sdk.SENDS}
METHODS |= {f"restate.RestateClient().{name}" for name in sdk.CALLS | sdk.SENDS}


def check(project: Project) -> Iterator[Finding]:
    for frame in project.frames:
        if frame.mode is not Mode.OUTSIDE or frame.function.module.is_test:
            continue
        for call in project.calls(frame):
            named = {keyword.arg for keyword in call.keywords}
            called = project.externals(frame, call) & METHODS
            if called and not any("workflow" in path for path in called) and not named & {"idempotency_key", None}:
                message = "a request to the ingress without idempotency key: if it is sent twice, it runs twice"
                yield at(project, RULE, frame, call, message)


RULE = Rule(
    name="ingress-without-idempotency-key",
    guidelines=("do-III-3",),
    severity=Severity.ADVICE,
    checker="lint",
    purpose="Finds calls of the ingress client, outside handlers, without an idempotency key.",
    why="Whoever calls from outside repeats a request whose answer got lost. Only a key tells Restate that it is "
    "the same.",
    remedy="Pass idempotency_key, made from what the request is about.",
    bad="""
import restate

greeter = restate.Service("Greeter")


@greeter.handler()
async def greet(ctx: restate.Context, name: str) -> str:
    return f"Hello {name}"


async def main() -> None:
    async with restate.create_client("http://localhost:8080") as client:
        await client.service_call(greet, "Ada")
""",
    good="""
import restate

greeter = restate.Service("Greeter")


@greeter.handler()
async def greet(ctx: restate.Context, name: str) -> str:
    return f"Hello {name}"


async def main() -> None:
    async with restate.create_client("http://localhost:8080") as client:
        await client.service_call(greet, "Ada", idempotency_key="greet-ada")
""",
    check=check,
)
