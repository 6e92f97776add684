"""Terminal errors that lose being terminal."""

import ast
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project
from guidelines.lint.model.reach import own_nodes
from guidelines.lint.model.values import Class, External, Func, Instance
from guidelines.lint.report import at, handled, raises_in
from guidelines.rule import Rule

TERMINAL = "restate.TerminalError"
SIGNALS = {"KeyboardInterrupt", "SystemExit", "GeneratorExit"}
DELIBERATE = ("Terminal", "Retryable", "Permanent", "Cancelled")


def check(project: Project) -> Iterator[Finding]:
    for frame in [*project.durable, *project.steps]:
        for node in frame.function.own(ast.Try, ast.TryStar):
            for handler in node.handlers:
                if TERMINAL not in handled(handler, frame):
                    continue
                for statement in raises_in(handler.body):
                    if statement.exc is not None and _loses(frame, statement, handler):
                        how = "from None" if _from_none(statement) else "without 'from'"
                        message = f"raised {how} over a TerminalError, this error is retried for ever"
                        yield at(project, RULE, frame, statement, message)


def _from_none(statement: ast.Raise) -> bool:
    return isinstance(statement.cause, ast.Constant) and statement.cause.value is None


def _loses(frame: Frame, statement: ast.Raise, clause: ast.ExceptHandler) -> bool:
    if isinstance(statement.exc, ast.Name) and statement.exc.id == clause.name:
        return False
    if statement.cause is not None and not _from_none(statement):
        return False
    return _is_ordinary(frame, _assigned(clause, statement.exc))


def _assigned(clause: ast.ExceptHandler, raised: ast.expr | None) -> ast.expr | None:
    """What a variable of the clause was made of."""
    if isinstance(raised, ast.Name):
        for node in own_nodes(clause.body):
            if isinstance(node, ast.Assign) and any(
                isinstance(target, ast.Name) and target.id == raised.id for target in node.targets
            ):
                return node.value
    return raised


def _is_ordinary(frame: Frame, raised: ast.expr | None) -> bool:
    """Whether it is surely neither terminal nor deliberately retryable."""
    made = frame.of(raised)
    if isinstance(raised, ast.Call) and not any(isinstance(value, Func) for value in frame.of(raised.func)):
        made = frame.of(raised.func)
    return bool(made) and all(_ordinary_class(value) for value in made)


def _ordinary_class(value: object) -> bool:
    if isinstance(value, External):
        return _ordinary_path(value.path)
    if isinstance(value, Class | Instance):
        bases = value.definition.all_external_bases()
        return bool(bases) and all(_ordinary_path(path) for path in bases)
    return False


def _ordinary_path(path: str) -> bool:
    """An exception of Python or of another package: none of those knows Restate, unless its name says so."""
    name = path.removesuffix("()").rpartition(".")[2]
    if path.startswith("builtins."):
        return name not in SIGNALS
    return name[:1].isupper() and not path.startswith("restate.") and not any(word in name for word in DELIBERATE)


RULE = Rule(
    name="raise-from-none",
    guidelines=("do-V-1",),
    severity=Severity.ERROR,
    checker="lint",
    purpose="Finds ordinary errors raised in except TerminalError, with 'from None' or without 'from'.",
    why="The SDK sees that an error is terminal by its type or by its cause. Another error in its place is "
    "retried, for ever, although the failure is permanent.",
    remedy="Raise a TerminalError, or add 'from error'.",
    bad="""
import restate

loans = restate.Service("Loans")


def check(name: str) -> bool:
    return bool(name)


@loans.handler()
async def decide(ctx: restate.Context, name: str) -> bool:
    try:
        return await ctx.run_typed("check", check, name=name)
    except restate.TerminalError:
        raise ValueError("no decision") from None
""",
    good="""
import restate

loans = restate.Service("Loans")


def check(name: str) -> bool:
    return bool(name)


@loans.handler()
async def decide(ctx: restate.Context, name: str) -> bool:
    try:
        return await ctx.run_typed("check", check, name=name)
    except restate.TerminalError as error:
        raise restate.TerminalError("no decision") from error
""",
    check=check,
)
