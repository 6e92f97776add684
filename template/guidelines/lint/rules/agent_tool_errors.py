"""Agent tools that hide terminal errors from Restate."""

import ast
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.definitions import Function
from guidelines.lint.model.project import Project
from guidelines.lint.report import in_function
from guidelines.rule import Rule

TOOLS = {"agents.function_tool", "agents.function_tool()", "agents.tool.function_tool", "agents.tool.function_tool()"}


def check(project: Project) -> Iterator[Finding]:
    operating = {frame.function for frame in project.operating}
    for function, paths in project.engine.decorators.items():
        if not paths & TOOLS or function not in operating:
            continue
        decorator = _decorator(function)
        if decorator is not None and not _propagates(decorator):
            message = f"errors of {function.name} become text for the model: a TerminalError does not fail the handler"
            yield in_function(RULE, function, decorator, message)


def _decorator(function: Function) -> ast.expr | None:
    for item in getattr(function.node, "decorator_list", []):
        name = item.func if isinstance(item, ast.Call) else item
        if ast.unparse(name).endswith("function_tool"):
            return item  # type: ignore[no-any-return]
    return None


def _propagates(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and any(
        keyword.arg in ("failure_error_function", None) for keyword in decorator.keywords
    )


RULE = Rule(
    name="agent-tool-errors",
    guidelines=("do-VIII-3",),
    severity=Severity.WARNING,
    checker="lint",
    purpose="Finds function_tool of the OpenAI Agents SDK, without failure_error_function, on tools that use the "
    "context.",
    why="The Agents SDK turns every exception of a tool into a message for the model. A cancellation or a "
    "permanent failure then does not end the handler.",
    remedy="Use restate.ext.openai.durable_function_tool, or pass failure_error_function=raise_terminal_errors.",
    bad='''
from agents import function_tool
from restate.ext.openai import restate_context


def look_up(city: str) -> str:
    return f"sunny in {city}"


@function_tool
async def weather(city: str) -> str:
    """The weather in a city."""
    return await restate_context().run_typed("look up", look_up, city=city)
''',
    good='''
from restate.ext.openai import durable_function_tool, restate_context


def look_up(city: str) -> str:
    return f"sunny in {city}"


@durable_function_tool
async def weather(city: str) -> str:
    """The weather in a city."""
    return await restate_context().run_typed("look up", look_up, city=city)
''',
    check=check,
)
