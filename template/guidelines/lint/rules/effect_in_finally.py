"""Business effects in `finally` and in the exit of context managers."""

import ast
from collections.abc import Iterator, Sequence

from guidelines.finding import Finding, Severity
from guidelines.lint.model import sdk
from guidelines.lint.model.definitions import SCOPES
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project
from guidelines.lint.model.reach import own_nodes
from guidelines.lint.model.values import Bound, Operation, Partial, Value, Values
from guidelines.lint.report import at
from guidelines.rule import Rule

EXITS = ("__exit__", "__aexit__")
CALLBACKS = {
    f"contextlib.{stack}().{method}"
    for stack in ("ExitStack", "AsyncExitStack")
    for method in ("callback", "push", "push_async_callback", "push_async_exit")
}
HARMLESS = sdk.LOCAL | {"uuid", "random"}


def check(project: Project) -> Iterator[Finding]:
    for frame in project.durable:
        for node in frame.function.own(ast.Try, ast.TryStar):
            yield from _effects(project, frame, list(own_nodes(node.finalbody)), "finally")
            guarded = [*node.body, *node.handlers, *node.orelse]
            for leaving in _leaving(node.finalbody):
                if project.operates(frame, guarded):
                    word = type(leaving).__name__.lower()
                    message = f"{word} in finally swallows cancellation, suspension and disconnects"
                    yield at(project, RULE, frame, leaving, message)
        yield from _on_exit(project, frame)
        if frame.function.name in EXITS:
            yield from _effects(project, frame, list(own_nodes(frame.function.body)), frame.function.name)


def _leaving(body: Sequence[ast.AST], *, in_loop: bool = False) -> Iterator[ast.stmt]:
    """What ends a `finally` block early, and drops the exception on its way."""
    for node in body:
        if isinstance(node, ast.Return) or (isinstance(node, ast.Break | ast.Continue) and not in_loop):
            yield node
        elif not isinstance(node, SCOPES):
            inner = in_loop or isinstance(node, ast.For | ast.AsyncFor | ast.While)
            yield from _leaving(list(ast.iter_child_nodes(node)), in_loop=inner)


def _on_exit(project: Project, frame: Frame) -> Iterator[Finding]:
    """Callbacks of an exit stack: they run like `finally`."""
    for call in project.calls(frame):
        if not project.externals(frame, call) & CALLBACKS:
            continue
        given = {value for argument in call.args for value in _callables(frame.of(argument))}
        direct = {value.name for value in given if isinstance(value, Operation)} - HARMLESS
        if direct or any(callee in project.operating for callee, node in frame.edges if node is call):
            what = f"ctx.{min(direct)}" if direct else ast.unparse(call.args[0]) if call.args else "this"
            message = f"{what} on leaving the stack also runs when the attempt is suspended, retried or cut off"
            yield at(project, RULE, frame, call, message)


def _callables(values: Values) -> Iterator[Value]:
    for value in values:
        while isinstance(value, Partial | Bound):
            value = value.callee
        yield value


def _effects(project: Project, frame: Frame, nodes: list[ast.AST], where: str) -> Iterator[Finding]:
    operating = project.operating
    reported: set[int] = set()
    for node in nodes:
        if not isinstance(node, ast.Call) or node.lineno in reported:
            continue
        direct = project.operations(frame, node) - HARMLESS
        through = any(callee in operating for callee, at_node in frame.edges if at_node is node)
        if direct or through:
            reported.add(node.lineno)
            what = f"ctx.{min(direct)}" if direct else ast.unparse(node.func)
            message = f"{what} in {where} also runs when the attempt is suspended, retried or cut off"
            yield at(project, RULE, frame, node, message)


RULE = Rule(
    name="effect-in-finally",
    guidelines=("dont-I-1", "do-V-2"),
    severity=Severity.ERROR,
    checker="lint",
    purpose="Finds context operations in finally blocks, exit stacks and __aexit__, and finally blocks that return.",
    why="Suspension, disconnects and retries leave a handler by an exception, so finally runs many times for one "
    "invocation, while the work that it is to clean up after goes on.",
    remedy="Undo in except TerminalError, and do the rest after the try statement.",
    bad="""
import restate

rooms = restate.Service("Rooms")


def step(room: str) -> None:
    print(room)


@rooms.handler()
async def clean(ctx: restate.Context, room: str) -> None:
    await ctx.run_typed("lock", step, room=room)
    try:
        await ctx.run_typed("clean", step, room=room)
    finally:
        await ctx.run_typed("unlock", step, room=room)
""",
    good="""
import restate

rooms = restate.Service("Rooms")


def step(room: str) -> None:
    print(room)


@rooms.handler()
async def clean(ctx: restate.Context, room: str) -> None:
    await ctx.run_typed("lock", step, room=room)
    try:
        await ctx.run_typed("clean", step, room=room)
    except restate.TerminalError:
        await ctx.run_typed("unlock", step, room=room)
        raise
    await ctx.run_typed("unlock", step, room=room)
""",
    check=check,
)
