"""Secrets that can be computed."""

import ast
import re
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project
from guidelines.lint.model.reach import own_nodes
from guidelines.lint.report import at
from guidelines.rule import Rule

SECRET = re.compile(
    r"(^|_)(secret|password|passwd|token|nonce|otp|pin|salt|api_?key|signing_?key|csrf|verification)s?($|_)", re.I
)


def check(project: Project) -> Iterator[Finding]:
    for frame in project.durable:
        for name, value in _named_values(frame):
            if SECRET.search(name) and not name.lower().endswith(("_id", "_count", "tokens")):
                for node in own_nodes([value]):
                    if project.operations(frame, node) & {"uuid", "random"}:
                        message = f"{name} is made by the context's random numbers, which are not secret"
                        yield at(project, RULE, frame, node, message)
                        break


def _named_values(frame: Frame) -> Iterator[tuple[str, ast.expr]]:
    for statement in frame.function.own(ast.Assign):
        for target in statement.targets:
            if isinstance(target, ast.Name | ast.Attribute):
                yield target.id if isinstance(target, ast.Name) else target.attr, statement.value
    for annotated in frame.function.own(ast.AnnAssign, ast.NamedExpr):
        if annotated.value and isinstance(annotated.target, ast.Name):
            yield annotated.target.id, annotated.value
    for keyword in frame.function.own(ast.keyword):
        if keyword.arg:
            yield keyword.arg, keyword.value
    for pairs in frame.function.own(ast.Dict):
        for key, value in zip(pairs.keys, pairs.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value


RULE = Rule(
    name="secret-from-context-random",
    guidelines=("dont-I-6",),
    severity=Severity.WARNING,
    checker="lint",
    purpose="Finds secrets, tokens and passwords made with ctx.uuid() or ctx.random().",
    why="Their seed is derived from the invocation id, which is shown in logs and answers: whoever knows it can "
    "compute them.",
    remedy='Make secrets in a step: ctx.run_typed("token", secrets.token_urlsafe).',
    bad="""
import restate

accounts = restate.Service("Accounts")


@accounts.handler()
async def reset_password(ctx: restate.Context, user: str) -> str:
    token = str(ctx.uuid())
    return f"https://example.com/reset?user={user}&token={token}"
""",
    good="""
import secrets

import restate

accounts = restate.Service("Accounts")


@accounts.handler()
async def reset_password(ctx: restate.Context, user: str) -> str:
    token = await ctx.run_typed("token", secrets.token_urlsafe)
    return f"https://example.com/reset?user={user}&token={token}"
""",
    check=check,
)
