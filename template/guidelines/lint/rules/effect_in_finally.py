"""Business effects in `finally` and in the exit of context managers."""

import ast
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model import sdk
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project
from guidelines.lint.model.reach import own_nodes
from guidelines.lint.report import at
from guidelines.rule import Rule

EXITS = ("__exit__", "__aexit__")
HARMLESS = sdk.LOCAL | {"uuid", "random"}


def check(project: Project) -> Iterator[Finding]:
    for frame in project.durable:
        for node in frame.function.own(ast.Try):
            yield from _effects(project, frame, list(own_nodes(node.finalbody)), "finally")
        if frame.function.name in EXITS:
            yield from _effects(project, frame, list(own_nodes(frame.function.body)), frame.function.name)


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
    purpose="Finds context operations in finally blocks and in __aexit__.",
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
