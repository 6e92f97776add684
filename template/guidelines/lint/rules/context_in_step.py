"""The context, used inside a step."""

import ast
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model import sdk
from guidelines.lint.model.frame import Frame, Mode
from guidelines.lint.model.project import Project
from guidelines.lint.model.reach import is_wait
from guidelines.lint.model.values import Bound, Context, External, Operation, Partial, Promise, Values
from guidelines.lint.report import at
from guidelines.rule import Rule


def check(project: Project) -> Iterator[Finding]:
    for frame in project.steps:
        for node in frame.function.own(ast.Call, ast.Await):
            used = _used(frame, node)
            if used:
                yield at(project, RULE, frame, node, f"{used} inside a durable step")
    for frame in project.durable:
        for call in project.calls(frame):
            if project.operations(frame, call) & {"run", "run_typed"} and _is_action(project, frame, call):
                yield at(project, RULE, frame, call, "a step must not use a context operation as its action")
            elif project.operations(frame, call) & {"run", "run_typed"} and _hands_over(project, frame, call):
                yield at(project, RULE, frame, call, "the context is handed to a durable step, which uses it")


def _used(frame: Frame, node: ast.Call | ast.Await) -> str | None:
    if isinstance(node, ast.Await):
        return "a durable future is awaited" if is_wait(frame.of(node.value)) and not _is_op(frame, node) else None
    for value in frame.of(node.func):
        if isinstance(value, Operation) and value.name not in sdk.LOCAL:
            return f"ctx.{value.name}"
        if isinstance(value, Partial) and isinstance(value.callee, Operation):
            return f"ctx.{value.callee.name}"
        if isinstance(value, External) and value.path in sdk.COMBINATORS:
            return value.path
        if isinstance(value, Bound) and isinstance(value.receiver, Promise):
            return "a durable promise is used"
    return None


def _is_op(frame: Frame, node: ast.Await) -> bool:
    """`await ctx.sleep(…)`: the call is reported already."""
    return isinstance(node.value, ast.Call) and _used(frame, node.value) is not None


def _is_action(project: Project, frame: Frame, call: ast.Call) -> bool:
    action = call.args[1] if len(call.args) > 1 else None
    return action is not None and any(isinstance(value, Operation) for value in frame.of(action))


def _hands_over(project: Project, frame: Frame, call: ast.Call) -> bool:
    arguments = [*call.args[2:], *(keyword.value for keyword in call.keywords)]
    given: Values = frozenset().union(*(frame.of(item) for item in [*arguments, *call.args[1:2]]))
    direct = any(isinstance(value, Context) for value in given)
    bound = any(
        isinstance(value, Partial) and any(isinstance(item, Context) for values in _arguments(value) for item in values)
        for value in given
    )
    if not direct and not bound:
        return False
    steps = [edge.callee for (_, at_node), edge in frame.edges.items() if at_node is call]
    used = [step for step in steps if step.mode is Mode.STEP]
    return not used or any(_used(step, node) for step in used for node in step.function.own(ast.Call, ast.Await))


def _arguments(value: Partial) -> list[Values]:
    return [*value.positional, *(values for _, values in value.named)]


RULE = Rule(
    name="context-in-step",
    guidelines=("dont-I-3",),
    severity=Severity.ERROR,
    checker="lint",
    purpose="Finds context operations inside the code of a durable step, however deep.",
    why="A step is one journal entry. An operation inside it has no place of its own: it works on the first "
    "attempt and hangs, or fails with 570, on replay.",
    remedy="Use the context before or after the step, and pass values into it.",
    bad="""
from datetime import timedelta

import restate

mailing = restate.Service("Mailing")


@mailing.handler()
async def send(ctx: restate.Context, address: str) -> None:
    async def deliver() -> None:
        await ctx.sleep(timedelta(seconds=1))
        print(address)

    await ctx.run_typed("deliver", deliver)
""",
    good="""
from datetime import timedelta

import restate

mailing = restate.Service("Mailing")


@mailing.handler()
async def send(ctx: restate.Context, address: str) -> None:
    async def deliver() -> None:
        print(address)

    await ctx.sleep(timedelta(seconds=1))
    await ctx.run_typed("deliver", deliver)
""",
    check=check,
)
