"""Ids and random numbers that are others on replay."""

import ast
from collections.abc import Iterator

from guidelines.finding import Edit, Finding, Severity
from guidelines.lint import fixes
from guidelines.lint.model.project import Project
from guidelines.lint.nondeterminism import Source, sources
from guidelines.lint.report import at
from guidelines.rule import Rule

OF_RANDOM = {"random", "randint", "randrange", "choice", "choices", "sample", "shuffle", "uniform", "gauss"}


def check(project: Project) -> Iterator[Finding]:
    for source in sources(project):
        if source.kind == "id":
            message = f"{source.path} gives another value on every attempt: a retry acts under another id"
            yield at(project, RULE, source.frame, source.node, message, edits=_edits(source))


def _edits(source: Source) -> tuple[Edit, ...]:
    context = fixes.context_name(source.frame)
    if context is None or not isinstance(source.node, ast.Call):
        return ()
    if source.path == "uuid.uuid4" and not source.node.args:
        return fixes.replace(source.node, f"{context}.uuid()")
    module, _, name = source.path.rpartition(".")
    if module == "random" and name in OF_RANDOM:
        return fixes.replace(source.node.func, f"{context}.random().{name}")
    return ()


RULE = Rule(
    name="unstable-id",
    guidelines=("do-VI-1", "do-I-3", "dont-I-4"),
    severity=Severity.ERROR,
    checker="lint",
    purpose="Finds uuid4, random, secrets and the like outside a durable step.",
    why="An id made outside the SDK's helpers is a new one on every attempt. As an idempotency key or payment id "
    "it makes a retried charge a second charge.",
    remedy="Use ctx.uuid() or ctx.random(); make secrets in a step.",
    bad="""
import uuid

import restate

payments = restate.Service("Payments")


def charge(key: str, amount: int) -> str:
    return f"{key}: {amount}"


@payments.handler()
async def pay(ctx: restate.Context, amount: int) -> str:
    key = str(uuid.uuid4())
    return await ctx.run_typed("charge", charge, key=key, amount=amount)
""",
    good="""
import restate

payments = restate.Service("Payments")


def charge(key: str, amount: int) -> str:
    return f"{key}: {amount}"


@payments.handler()
async def pay(ctx: restate.Context, amount: int) -> str:
    key = str(ctx.uuid())
    return await ctx.run_typed("charge", charge, key=key, amount=amount)
""",
    check=check,
    fixable=True,
)
