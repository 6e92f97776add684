"""Compensations that are registered after what they undo."""

import ast
import re
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project, argument
from guidelines.lint.model.reach import own_nodes
from guidelines.lint.model.values import CALLABLE, Collection, Coroutine, Future, Tuple, Values
from guidelines.lint.report import at
from guidelines.rule import Rule

ADDING = {
    "append",
    "insert",
    "appendleft",
    "add",
    "push",
    "register",
    "on_failure",
    "add_compensation",
    "compensate_with",
}
CONTEXT_NAMES = {"ctx", "context", "c", "self"}
READING = re.compile(
    r"_*(get|load|find|fetch|look_?up|read|list|check(?!_?(in|out))|validate|verify|quote|search|query|count|now|is|has)(_|$)"
)
NAMES = re.compile(r"compensat|saga|undo|rollback|revert|cleanup", re.IGNORECASE)


def check(project: Project) -> Iterator[Finding]:
    for frame in project.durable:
        for body in _blocks(frame):
            yield from _in_order(project, frame, body)


def _blocks(frame: Frame) -> Iterator[list[ast.stmt]]:
    yield frame.function.body
    for node in frame.function.own(ast.Try, ast.With, ast.AsyncWith):
        yield node.body
    for branch in frame.function.own(ast.For, ast.AsyncFor, ast.If):
        yield branch.body


def _in_order(project: Project, frame: Frame, body: list[ast.stmt]) -> Iterator[Finding]:
    """Each action needs a registration before it; one that comes right after it instead is late."""
    registered, uncovered = 0, None
    for index, statement in enumerate(body):
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if isinstance(statement, ast.Try | ast.With | ast.AsyncWith | ast.For | ast.AsyncFor | ast.While | ast.If):
            registered, uncovered = 0, None
            continue
        registration = _registration(frame, statement)
        if registration is not None:
            if (
                uncovered is not None
                and registered == 0
                and _undoes(project, frame, registration, uncovered, body[index + 1 :])
            ):
                message = "the compensation is registered after its action: a crash between the two leaks the effect"
                yield at(project, RULE, frame, registration, message)
                uncovered = None
            else:
                registered += 1
        elif _acts(project, frame, statement):
            uncovered = statement if registered == 0 else None
            registered = max(0, registered - 1)


def _undoes(
    project: Project, frame: Frame, registration: ast.Call, action: ast.stmt, following: list[ast.stmt]
) -> bool:
    """Whether it belongs to the action before it, rather than to one right after it that it has more to do with."""
    after = following[0] if following else None
    if after is None or isinstance(after, ast.Return) or not _acts(project, frame, after):
        return True
    mentioned = {ast.unparse(node) for node in ast.walk(registration) if isinstance(node, ast.expr)}
    return bool(mentioned & _handled(project, frame, action)) or not mentioned & _handled(project, frame, after)


def _handled(project: Project, frame: Frame, statement: ast.stmt) -> set[str]:
    """What an action is given, and the names of what it gives."""
    found = {
        node.id for node in own_nodes([statement]) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    for call in own_nodes([statement]):
        if isinstance(call, ast.Call):
            given = call.args[2:] if project.operations(frame, call) & {"run", "run_typed"} else call.args
            values = [*given, *(keyword.value for keyword in call.keywords)]
            found |= {ast.unparse(value) for value in values if not isinstance(value, ast.Constant)}
    return found - CONTEXT_NAMES


def _registration(frame: Frame, statement: ast.stmt) -> ast.Call | None:
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return None
    call = statement.value
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in ADDING:
        return None
    named = call.func.attr == "on_failure" or NAMES.search(ast.unparse(call.func.value))
    values = [frame.of(argument) for argument in call.args]
    return call if named and any(_holds_callable(found) for found in values) else None


def _holds_callable(values: Values) -> bool:
    for value in values:
        if isinstance(value, CALLABLE):
            return True
        if isinstance(value, Tuple) and any(_holds_callable(item) for item in value.items):
            return True
        if isinstance(value, Collection) and value.kind == "dict":
            return True
    return False


def _acts(project: Project, frame: Frame, statement: ast.stmt) -> bool:
    """Whether the statement awaits a step or a call, not merely state, time or an event."""
    for node in own_nodes([statement]):
        if isinstance(node, ast.Await):
            for value in frame.of(node.value):
                if isinstance(value, Future) and value.kind in ("run", "call"):
                    return not _reads(project, frame, node.value)
                if isinstance(value, Coroutine) and value.frame in project.operating:
                    return not _registers(value.frame)
    return False


def _reads(project: Project, frame: Frame, node: ast.expr) -> bool:
    """A step whose function says that it only reads."""
    if not isinstance(node, ast.Call) or not project.operations(frame, node) & {"run", "run_typed"}:
        return False
    action = argument(node, 1, "action")
    name = action.attr if isinstance(action, ast.Attribute) else getattr(action, "id", "")
    return READING.match(name) is not None


def _registers(frame: Frame) -> bool:
    """A helper that registers by itself."""
    return any(_registration(frame, statement) is not None for statement in frame.function.own(ast.Expr))


RULE = Rule(
    name="late-compensation",
    guidelines=("do-V-4", "do-V-2"),
    severity=Severity.WARNING,
    checker="lint",
    purpose="Finds compensations that are registered after the action they undo.",
    why="If the action fails or is cancelled after it took effect, its compensation is not on the list yet, and "
    "the effect stays: 16 of 60 sagas leaked that way under crashes, none when registering first.",
    remedy="Register first, with a key from ctx.uuid() that both share, and make the compensation harmless for an "
    "action that never happened.",
    bad="""
import restate

trips = restate.Service("Trips")


def book(key: str) -> str:
    return key


def cancel(key: str) -> None:
    print(key)


@trips.handler()
async def plan(ctx: restate.Context, key: str) -> str:
    compensations = []
    try:
        flight = await ctx.run_typed("book", book, key=key)
        compensations.append(lambda: ctx.run_typed("cancel", cancel, key=flight))
        return await ctx.run_typed("book hotel", book, key=key)
    except restate.TerminalError:
        for compensation in reversed(compensations):
            await compensation()
        raise
""",
    good="""
import restate

trips = restate.Service("Trips")


def book(key: str) -> str:
    return key


def cancel(key: str) -> None:
    print(key)


@trips.handler()
async def plan(ctx: restate.Context, key: str) -> str:
    compensations = []
    try:
        compensations.append(lambda: ctx.run_typed("cancel", cancel, key=key))
        await ctx.run_typed("book", book, key=key)
        return await ctx.run_typed("book hotel", book, key=key)
    except restate.TerminalError:
        for compensation in reversed(compensations):
            await compensation()
        raise
""",
    check=check,
)
