"""Operations that are never awaited, or used as if they had been."""

import ast
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.futures import READY, all_futures, is_coroutine, misused
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project
from guidelines.lint.model.values import Bound, Coroutine, Future, Promise
from guidelines.lint.report import at
from guidelines.rule import Rule

COROUTINES = {"restate.gather", "restate.select", "restate.wait_completed"}
METHODS = {"cancel_invocation", "invocation_id", "resolve", "reject", "peek", "value"}


def check(project: Project) -> Iterator[Finding]:
    for frame in project.durable:
        for statement in frame.function.own(ast.Expr):
            for node in _discarded(statement.value):
                yield from _lost(project, frame, node)
        yield from _forgotten(project, frame)
        for operand in misused(project, frame):
            yield at(project, RULE, frame, operand, f"{ast.unparse(operand)[:60]} is not awaited here")
    for handler in project.handlers:
        for frame in handler.roots:
            for returned in frame.function.own(ast.Return) if frame.function is handler.function else ():
                if frame.function.is_async and all_futures(frame.of(returned.value)):
                    yield at(project, RULE, frame, returned, "the handler returns a future that is not awaited")


def _discarded(node: ast.expr) -> Iterator[ast.expr]:
    """The expressions whose values a statement throws away: its own, or the elements of the collection it makes."""
    match node:
        case ast.Yield() | ast.YieldFrom():
            return
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            for item in items:
                yield from _discarded(item)
        case ast.ListComp(elt=item) | ast.SetComp(elt=item) | ast.GeneratorExp(elt=item) | ast.DictComp(value=item):
            yield from _discarded(item)
        case ast.IfExp(body=body, orelse=other):
            yield from _discarded(body)
            yield from _discarded(other)
        case ast.BoolOp(values=values):
            yield from _discarded(values[-1])
        case _:
            yield node


def _lost(project: Project, frame: Frame, node: ast.expr) -> Iterator[Finding]:
    what = _without_effect(project, frame, node)
    if what:
        yield at(project, RULE, frame, node, f"{what} is never awaited: it does not happen")
    elif isinstance(node, ast.Call) and any(isinstance(v, Future) and v.kind == "call" for v in frame.of(node)):
        message = "the call is never awaited, so nobody learns whether it failed: await it, or send"
        yield at(project, RULE, frame, node, message, severity=Severity.WARNING)
    elif "restate.SendHandle().invocation_id" in project.externals(frame, node):
        message = "invocation_id() is never awaited: it tells nothing"
        yield at(project, RULE, frame, node, message, severity=Severity.WARNING)


def _without_effect(project: Project, frame: Frame, node: ast.expr) -> str | None:
    for value in frame.of(node):
        if isinstance(value, Future) and value.kind in READY:
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
        lost = all_futures(values) or (isinstance(statement.value, ast.Call) and is_coroutine(project, values))
        if not lost or name not in frame.function.locals:
            continue
        nodes = ast.walk(frame.function.node)
        used = any(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) for n in nodes)
        if not used:
            yield at(project, RULE, frame, statement.value, f"{name} is never awaited: it does not happen")


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
