"""Handlers that are not async."""

import ast
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.project import Project
from guidelines.lint.model.values import Coroutine, Func
from guidelines.lint.report import in_function
from guidelines.rule import Rule


def check(project: Project) -> Iterator[Finding]:
    for handler in project.handlers:
        function = handler.function
        if function is None or not isinstance(function.node, ast.FunctionDef) or not isinstance(handler.value, Func):
            continue
        returned = {value for root in handler.roots for value in root.returned.values}
        if not any(isinstance(value, Coroutine) for value in returned):
            yield in_function(RULE, function, function.node, f"handler {handler.name} is not async: the SDK awaits it")


RULE = Rule(
    name="sync-handler",
    guidelines=("do-I-2",),
    severity=Severity.ERROR,
    checker="lint",
    purpose="Finds handlers that are plain functions.",
    why="The SDK awaits what a handler returns. A plain function's result cannot be awaited, so each attempt fails.",
    remedy="Make it async def.",
    bad="""
import restate

greeter = restate.Service("Greeter")


@greeter.handler()
def greet(ctx: restate.Context, name: str) -> str:
    return f"Hello {name}"
""",
    good="""
import restate

greeter = restate.Service("Greeter")


@greeter.handler()
async def greet(ctx: restate.Context, name: str) -> str:
    return f"Hello {name}"
""",
    check=check,
)
