"""Handlers that never end."""

import ast
from collections.abc import Iterator, Sequence

from guidelines.finding import Finding, Severity
from guidelines.lint import constancy
from guidelines.lint.model.definitions import SCOPES
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project
from guidelines.lint.model.reach import own_nodes
from guidelines.lint.model.values import External, Generator
from guidelines.lint.report import at
from guidelines.lint.waits import waits
from guidelines.rule import Rule

Loop = ast.While | ast.For | ast.AsyncFor
ENDLESS = {"itertools.count", "itertools.cycle"}
ENDLESS_OBJECTS = {"itertools.count()", "itertools.cycle()"}
WRAPPING = {"builtins.enumerate", "builtins.iter", "builtins.aiter"}


def check(project: Project) -> Iterator[Finding]:
    for frame in project.durable:
        for loop in frame.function.own(ast.While, ast.For, ast.AsyncFor):
            if not _is_endless(project, frame, loop) or not project.operates(frame, loop.body):
                continue
            if not _has_exit(loop.body) or _sleeps(project, frame, loop):
                message = "the loop adds to one journal without end: chain delayed messages instead"
                yield at(project, RULE, frame, loop, message)


def _is_endless(project: Project, frame: Frame, loop: Loop) -> bool:
    if isinstance(loop, ast.While):
        return constancy.value(project, frame, loop.test, loop.body) is True
    return _counts_on(project, frame, loop.iter)


def _counts_on(project: Project, frame: Frame, node: ast.expr) -> bool:
    """Whether an iterable has no end."""
    values = frame.of(node)
    if any(isinstance(value, External) and value.path in ENDLESS_OBJECTS for value in values):
        return True
    if any(isinstance(value, Generator) and _yields_on(project, value.frame) for value in values):
        return True
    if not isinstance(node, ast.Call):
        return False
    called = project.externals(frame, node)
    if called & WRAPPING and len(node.args) == 1:
        return _counts_on(project, frame, node.args[0])
    if "itertools.repeat" in called:
        return len(node.args) + len(node.keywords) < 2
    if "builtins.iter" in called:
        return len(node.args) == 2 and constancy.value(project, frame, node.args[1], ()) is True
    return bool(called & ENDLESS)


def _yields_on(project: Project, frame: Frame) -> bool:
    """A generator of the project that never ends, and is not reported itself."""
    if frame in project.operating:
        return False
    for loop in frame.function.own(ast.While):
        if constancy.value(project, frame, loop.test, loop.body) is True and not _has_exit(loop.body):
            return any(isinstance(node, ast.Yield) for node in own_nodes(loop.body))
    return False


def _has_exit(body: Sequence[ast.AST], *, inner: bool = False) -> bool:
    """Whether something in the loop leaves it: a `break` of a loop in it does not."""
    for node in body:
        if isinstance(node, ast.Return | ast.Raise) or (isinstance(node, ast.Break) and not inner):
            return True
        if isinstance(node, SCOPES):
            continue
        if isinstance(node, ast.For | ast.AsyncFor | ast.While):
            if _has_exit(node.body, inner=True) or _has_exit(node.orelse, inner=inner):
                return True
        elif _has_exit(list(ast.iter_child_nodes(node)), inner=inner):
            return True
    return False


def _sleeps(project: Project, frame: Frame, loop: Loop) -> bool:
    inside = set(own_nodes(loop.body))
    return any(wait.kinds == {"sleep"} and wait.node in inside for wait in waits(project, frame))


RULE = Rule(
    name="endless-loop",
    guidelines=("do-I-5",),
    severity=Severity.WARNING,
    checker="lint",
    purpose="Finds endless loops around context operations that have no exit, or that poll with ctx.sleep.",
    why="One invocation has one journal. It grows with each round, is read again on each replay, and pins the code "
    "of the day it started.",
    remedy="Do one round per invocation, and send the next one as a delayed message.",
    bad="""
from datetime import timedelta

import restate

watch = restate.Service("Watch")


def look() -> bool:
    return False


@watch.handler()
async def run(ctx: restate.Context) -> None:
    while True:
        await ctx.run_typed("look", look)
        await ctx.sleep(timedelta(hours=1))
""",
    good="""
from datetime import timedelta

import restate

watch = restate.Service("Watch")


def look() -> bool:
    return False


@watch.handler()
async def run(ctx: restate.Context) -> None:
    await ctx.run_typed("look", look)
    ctx.service_send(run, None, send_delay=timedelta(hours=1))
""",
    check=check,
)
