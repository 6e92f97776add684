"""Handlers that never end."""

import ast
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project
from guidelines.lint.model.reach import own_nodes
from guidelines.lint.report import at
from guidelines.lint.waits import waits
from guidelines.rule import Rule


def check(project: Project) -> Iterator[Finding]:
    for frame in project.durable:
        for loop in frame.function.own(ast.While, ast.For):
            if not _is_endless(project, frame, loop) or not project.operates(frame, loop.body):
                continue
            if not _has_exit(loop) or _sleeps(project, frame, loop):
                message = "the loop adds to one journal without end: chain delayed messages instead"
                yield at(project, RULE, frame, loop, message)


def _is_endless(project: Project, frame: Frame, loop: ast.While | ast.For) -> bool:
    if isinstance(loop, ast.While):
        return isinstance(loop.test, ast.Constant) and bool(loop.test.value)
    return isinstance(loop.iter, ast.Call) and bool(
        project.externals(frame, loop.iter) & {"itertools.count", "itertools.cycle", "itertools.repeat"}
    )


def _has_exit(loop: ast.While | ast.For) -> bool:
    return any(isinstance(node, ast.Return | ast.Break | ast.Raise) for node in own_nodes(loop.body))


def _sleeps(project: Project, frame: Frame, loop: ast.While | ast.For) -> bool:
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
