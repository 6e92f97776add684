"""Agent tools that hide terminal errors from Restate."""

import ast
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.definitions import Function
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project
from guidelines.lint.model.services import written
from guidelines.lint.model.values import External
from guidelines.lint.report import in_function
from guidelines.rule import Rule

TOOLS = {"agents.function_tool", "agents.function_tool()", "agents.tool.function_tool", "agents.tool.function_tool()"}
TO_TEXT = {"agents.default_tool_error_function", "agents.tool.default_tool_error_function"}


def check(project: Project) -> Iterator[Finding]:
    operating = {frame.function for frame in project.operating}
    for function, paths in project.engine.decorators.items():
        if not paths & TOOLS or function not in operating:
            continue
        outside = project.engine.by_function.get(function.parent, []) if function.parent else []
        decorator = _decorator(function, outside)
        if decorator is not None and not _propagates(project, outside, decorator):
            yield in_function(RULE, function, decorator, _message(function))
    for frame in project.frames:
        for call in project.calls(frame):
            if project.externals(frame, call) & TOOLS:
                made = {written(value) for argument in call.args for value in frame.of(argument)}
                for tool in made & operating:
                    if tool is not None and not _propagates(project, [frame], call):
                        yield in_function(RULE, frame.function, call, _message(tool))


def _message(function: Function) -> str:
    return f"errors of {function.name} become text for the model: a TerminalError does not fail the handler"


def _decorator(function: Function, frames: list[Frame]) -> ast.expr | None:
    for item in getattr(function.node, "decorator_list", []):
        name = item.func if isinstance(item, ast.Call) else item
        paths = {value.path for frame in frames for value in frame.of(name) if isinstance(value, External)}
        if paths & TOOLS or ast.unparse(name).endswith("function_tool"):
            return item  # type: ignore[no-any-return]
    return None


def _propagates(project: Project, frames: list[Frame], made: ast.expr) -> bool:
    """Whether errors leave the tool: by None, by a function that raises, or by one that nobody knows."""
    for keyword in made.keywords if isinstance(made, ast.Call) else []:
        if keyword.arg is None:
            return True
        if keyword.arg == "failure_error_function":
            values = {value for frame in frames for value in frame.of(keyword.value)}
            paths = {value.path for value in values if isinstance(value, External)}
            functions = [function for value in values if (function := written(value)) is not None]
            return not paths & TO_TEXT and all(_raises(project, function) for function in functions)
    return False


def _raises(project: Project, function: Function, depth: int = 3) -> bool:
    """Whether a function raises, itself or through others; Restate's own `raise_terminal_errors` does."""
    if depth == 0 or next(function.own(ast.Raise), None) is not None:
        return True
    for frame in project.engine.by_function.get(function, []):
        if any("raise" in path for call in project.calls(frame) for path in project.externals(frame, call)):
            return True
        if any(_raises(project, callee.function, depth - 1) for callee, _ in frame.edges):
            return True
    return False


RULE = Rule(
    name="agent-tool-errors",
    guidelines=("do-VIII-3",),
    severity=Severity.WARNING,
    checker="lint",
    purpose="Finds function_tool of the OpenAI Agents SDK, without a failure_error_function that raises, on tools that "
    "use the context.",
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
