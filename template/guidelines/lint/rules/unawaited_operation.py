"""Operations that are never awaited, or used as if they had been."""

import ast
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project
from guidelines.lint.model.values import Bound, Coroutine, Future, Promise, Values
from guidelines.lint.report import at
from guidelines.rule import Rule

LOST = {"run", "sleep", "get", "time", "attach"}
"""Calls are sent even if nobody awaits them; these are of no effect."""
COROUTINES = {"restate.gather", "restate.select", "restate.wait_completed"}
METHODS = {"cancel_invocation", "invocation_id", "resolve", "reject", "peek"}


def check(project: Project) -> Iterator[Finding]:
    for frame in project.durable:
        for statement in frame.function.own(ast.Expr):
            what = _lost(project, frame, statement.value)
            if what:
                yield at(project, RULE, frame, statement.value, f"{what} is never awaited: it does not happen")
        yield from _forgotten(project, frame)
        yield from _misused(project, frame)
    for handler in project.handlers:
        for frame in handler.roots:
            for returned in frame.function.own(ast.Return) if frame.function is handler.function else ():
                if frame.function.is_async and _all_futures(frame.of(returned.value)):
                    yield at(project, RULE, frame, returned, "the handler returns a future that is not awaited")


def _lost(project: Project, frame: Frame, node: ast.expr) -> str | None:
    if isinstance(node, ast.Yield | ast.YieldFrom):
        return None
    for value in frame.of(node):
        if isinstance(value, Future) and value.kind in LOST:
            return f"the {value.kind}"
        if isinstance(value, Coroutine) and value.frame in project.operating and isinstance(node, ast.Call):
            return f"the coroutine {value.frame.function.name}(…)"
    if isinstance(node, ast.Call):
        for path in project.externals(frame, node):
            if path in COROUTINES or path in ("restate.SendHandle().cancel_invocation",):
                return path
        for value in frame.of(node.func):
            durable = isinstance(value, Bound) and isinstance(value.receiver, Future | Promise)
            if durable and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
                return f"{node.func.attr}(…)"
    return None


def _forgotten(project: Project, frame: Frame) -> Iterator[Finding]:
    """`step = ctx.run_typed(…)`, and `step` is not mentioned again."""
    for statement in frame.function.own(ast.Assign):
        if len(statement.targets) != 1 or not isinstance(statement.targets[0], ast.Name):
            continue
        values, name = frame.of(statement.value), statement.targets[0].id
        if not _all_futures(values) or name not in frame.function.locals:
            continue
        nodes = ast.walk(frame.function.node)
        used = any(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) for n in nodes)
        if not used:
            yield at(project, RULE, frame, statement.value, f"{name} is never awaited: it does not happen")


def _all_futures(values: Values) -> bool:
    return bool(values) and all(isinstance(value, Future) and value.kind in LOST for value in values)


def _misused(project: Project, frame: Frame) -> Iterator[Finding]:
    """`if ctx.get(…)`, `ctx.get(…) + 1`: the future, where its value is meant."""
    for node in frame.function.own(
        ast.BoolOp, ast.BinOp, ast.Compare, ast.If, ast.While, ast.FormattedValue, ast.IfExp
    ):
        for operand in _operands(node):
            if _all_futures(frame.of(operand)) and isinstance(operand, ast.Call | ast.Name):
                yield at(project, RULE, frame, operand, f"{ast.unparse(operand)[:60]} is not awaited here")


def _operands(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.BoolOp(values=values):
            return values[:-1]
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.Compare(left=left, ops=ops, comparators=others):
            if any(isinstance(op, ast.In | ast.NotIn | ast.Is | ast.IsNot | ast.Eq | ast.NotEq) for op in ops):
                return [left] if isinstance(left, ast.Call) else []
            return [left, *others]
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            return [test] if isinstance(test, ast.Call) else []
        case ast.FormattedValue(value=value):
            return [value]
    return []


RULE = Rule(
    name="unawaited-operation",
    guidelines=("do-I-2",),
    severity=Severity.ERROR,
    checker="lint",
    purpose="Finds context operations, and helpers that use them, whose result is never awaited.",
    why="ctx.run_typed without await never runs its step, and the handler still reports success. A future is "
    "always true, whatever its value will be.",
    remedy="Await it.",
    bad="""
import restate

mailing = restate.Service("Mailing")


def send(address: str) -> None:
    print(address)


@mailing.handler()
async def welcome(ctx: restate.Context, address: str) -> None:
    ctx.run_typed("send", send, address=address)
""",
    good="""
import restate

mailing = restate.Service("Mailing")


def send(address: str) -> None:
    print(address)


@mailing.handler()
async def welcome(ctx: restate.Context, address: str) -> None:
    await ctx.run_typed("send", send, address=address)
""",
    check=check,
)
