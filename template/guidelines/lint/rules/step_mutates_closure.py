"""Steps that leave something behind outside their result."""

import ast
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.frame import Frame, Mode
from guidelines.lint.model.project import Project
from guidelines.lint.model.values import Bound, Collection, Instance, Value
from guidelines.lint.report import at
from guidelines.rule import Rule

CHANGING = {"append", "extend", "add", "update", "pop", "remove", "insert", "setdefault", "clear", "appendleft"}
CHANGING |= {"popleft", "discard", "popitem", "sort", "reverse"}


def check(project: Project) -> Iterator[Finding]:
    for frame in project.steps:
        yield from _names(project, frame)
        for call in project.calls(frame):
            receivers = [value.receiver for value in frame.of(call.func) if isinstance(value, Bound)]
            if isinstance(call.func, ast.Attribute) and call.func.attr in CHANGING and any(map(_is_durable, receivers)):
                yield _found(project, frame, call, ast.unparse(call.func.value))
        for target in frame.function.own(ast.Subscript, ast.Attribute):
            changed = isinstance(target.ctx, ast.Store | ast.Del) and any(map(_is_durable, frame.of(target.value)))
            if changed and (isinstance(target, ast.Subscript) or _is_attribute_read(project, target.attr)):
                yield _found(project, frame, target, ast.unparse(target))


def _is_durable(value: Value) -> bool:
    """Whether the object was made by durable code, which has to make it again on replay."""
    if isinstance(value, Instance):
        return value.durable
    owner = value.site[1] if isinstance(value, Collection) else None
    return owner is not None and owner.mode is Mode.DURABLE


def _is_attribute_read(project: Project, name: str) -> bool:
    """Whether durable code reads an attribute of this name; a cache that only steps use does no harm."""
    return any(
        node.attr == name and isinstance(node.ctx, ast.Load)
        for frame in project.durable
        for node in frame.function.own(ast.Attribute)
    )


def _names(project: Project, frame: Frame) -> Iterator[Finding]:
    for declaration in frame.function.own(ast.Nonlocal, ast.Global):
        for name in declaration.names:
            if isinstance(declaration, ast.Global) and not _is_read(project, frame, name):
                continue
            for target in frame.function.own(ast.Name):
                if target.id == name and isinstance(target.ctx, ast.Store) and not _is_memo(frame, target):
                    yield _found(project, frame, target, name)


def _is_memo(frame: Frame, target: ast.Name) -> bool:
    """`if client is None: client = …`: whoever comes first makes the same thing."""
    for node in frame.function.own(ast.If):
        tested = any(isinstance(name, ast.Name) and name.id == target.id for name in ast.walk(node.test))
        if tested and any(inner is target for statement in node.body for inner in ast.walk(statement)):
            return True
    return False


def _is_read(project: Project, frame: Frame, name: str) -> bool:
    """Whether durable code of the same module reads a global."""
    return any(
        node.id == name and isinstance(node.ctx, ast.Load)
        for other in project.durable
        if other.function.module is frame.function.module and name not in other.function.locals
        for node in other.function.own(ast.Name)
    )


def _found(project: Project, frame: Frame, node: ast.AST, what: str) -> Finding:
    message = f"the step changes {what}, which a replay does not: return the value instead"
    return at(project, RULE, frame, node, message)


RULE = Rule(
    name="step-mutates-closure",
    guidelines=("do-I-3", "dont-I-4"),
    severity=Severity.ERROR,
    checker="lint",
    purpose="Finds steps that change variables or objects of the handler around them.",
    why="On replay the step does not run, its journaled result is used. What it changed beside that is then "
    "unchanged, and the handler goes another way.",
    remedy="Return the value from the step.",
    bad="""
import restate

totals = restate.Service("Totals")


@totals.handler()
async def total(ctx: restate.Context, amount: int) -> int:
    seen: list[int] = []

    def fetch() -> None:
        seen.append(amount * 2)

    await ctx.run_typed("fetch", fetch)
    return sum(seen)
""",
    good="""
import restate

totals = restate.Service("Totals")


@totals.handler()
async def total(ctx: restate.Context, amount: int) -> int:
    def fetch() -> int:
        return amount * 2

    return await ctx.run_typed("fetch", fetch)
""",
    check=check,
)
