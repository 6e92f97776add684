"""Permanent failures that are retried."""

import ast
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project
from guidelines.lint.model.reach import own_nodes
from guidelines.lint.report import at, handled, paths
from guidelines.rule import Rule

ORDINARY = {
    "builtins.Exception",
    "builtins.ValueError",
    "builtins.TypeError",
    "builtins.RuntimeError",
    "builtins.KeyError",
    "builtins.IndexError",
    "builtins.LookupError",
    "builtins.ArithmeticError",
    "builtins.ZeroDivisionError",
    "builtins.PermissionError",
    "builtins.OSError",
}
HTTP = {"fastapi.HTTPException", "starlette.exceptions.HTTPException", "fastapi.exceptions.HTTPException"}


def check(project: Project) -> Iterator[Finding]:
    for frame in project.durable:
        if any(path.startswith("pydantic.") for path in project.engine.decorators.get(frame.function, ())):
            continue  # validators raise ValueError, and Pydantic makes a ValidationError of it
        for statement in frame.function.own(ast.Raise):
            raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
            found = (paths(frame.of(raised)) if raised is not None else set()) & (ORDINARY | HTTP)
            if found and not _is_caught(frame, statement) and not _has_terminal_cause(frame, statement):
                name = min(found).removeprefix("builtins.")
                yield at(project, RULE, frame, statement, f"{name} is retried: a permanent failure is a TerminalError")


def _is_caught(frame: Frame, statement: ast.Raise) -> bool:
    """Whether a `try` of the same function catches it."""
    for node in frame.function.own(ast.Try):
        if any(inner is statement for inner in own_nodes(node.body)):
            for handler in node.handlers:
                if not handled(handler, frame) <= {"restate.TerminalError"}:
                    return True
    return False


def _has_terminal_cause(frame: Frame, statement: ast.Raise) -> bool:
    """`raise … from error` of a terminal error stays terminal."""
    for node in frame.function.own(ast.Try):
        for handler in node.handlers:
            if any(inner is statement for inner in own_nodes(handler.body)):
                return "restate.TerminalError" in handled(handler, frame)
    return False


RULE = Rule(
    name="generic-exception-raised",
    guidelines=("do-V-1",),
    severity=Severity.WARNING,
    checker="lint",
    purpose="Finds ValueError, RuntimeError, HTTPException and the like raised in durable code.",
    why="Every exception but TerminalError is retried. The handler raises it again each time, until the invocation "
    "pauses; the caller never learns why.",
    remedy="Raise restate.TerminalError with a status code, or restate.exceptions.RetryableError where trying "
    "again helps.",
    bad="""
import restate

accounts = restate.VirtualObject("Accounts")


@accounts.handler()
async def withdraw(ctx: restate.ObjectContext, amount: int) -> None:
    balance = await ctx.get("balance", type_hint=int) or 0
    if balance < amount:
        raise ValueError("not enough money")
    ctx.set("balance", balance - amount)


@accounts.handler()
async def close(ctx: restate.ObjectContext) -> None:
    ctx.clear_all()
""",
    good="""
import restate

accounts = restate.VirtualObject("Accounts")


@accounts.handler()
async def withdraw(ctx: restate.ObjectContext, amount: int) -> None:
    balance = await ctx.get("balance", type_hint=int) or 0
    if balance < amount:
        raise restate.TerminalError("not enough money", status_code=409)
    ctx.set("balance", balance - amount)


@accounts.handler()
async def close(ctx: restate.ObjectContext) -> None:
    ctx.clear_all()
""",
    check=check,
)
