"""Secrets that can be computed."""

import ast
import itertools
import re
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project
from guidelines.lint.model.reach import own_nodes
from guidelines.lint.model.values import External, Func
from guidelines.lint.report import at
from guidelines.rule import Rule

SECRET = re.compile(
    r"(^|_)(secrets?|passwords?|passwd|passphrase|passcode|token|nonce|otp|pin|salt|csrf|credentials?|totp|mfa_code"
    r"|(api|signing|private|encryption|hmac|secret)_?keys?|(verification|confirmation|reset|access|recovery|login)_code)"
    r"(_(value|text|string|str|hex|raw|plain|code|link))?$"
)
HARMLESS = re.compile(r"idempot|dedup|fencing|lock|lease|page|next|continu|cursor|cancel|correlat|trace|sync|resume")
MAKERS = re.compile(r"^_*((make|new|create|generate|gen|issue|build|random|fresh|mint)_)?")
RANDOM = ("restate.Context().uuid()", "restate.Context().random()")


def check(project: Project) -> Iterator[Finding]:
    for frame in project.durable:
        for name, value in [*_named_values(frame), *_kept(project, frame), *_given(frame), *_returned(frame)]:
            if _is_secret(name):
                for node in own_nodes([value]):
                    if _is_random(project, frame, node):
                        message = f"{name} is made by the context's random numbers, which are not secret"
                        yield at(project, RULE, frame, node, message)
                        break


def _is_secret(name: str) -> bool:
    """Whether a name, taken apart into words, ends in one for a secret."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[-. :]+", "_", name).lower()
    return SECRET.search(words) is not None and HARMLESS.search(words) is None


def _is_random(project: Project, frame: Frame, node: ast.AST) -> bool:
    if project.operations(frame, node) & {"uuid", "random"}:
        return True
    if not isinstance(node, ast.Name):
        return False
    return any(isinstance(value, External) and value.path in RANDOM for value in frame.of(node))


def _kept(project: Project, frame: Frame) -> Iterator[tuple[str, ast.expr]]:
    """`ctx.set("token", …)` and `row["token"] = …`."""
    for call in frame.function.own(ast.Call):
        match call.args:
            case [ast.Constant(value=str(name)), value] if "set" in project.operations(frame, call):
                yield name, value
    for statement in frame.function.own(ast.Assign):
        for target in statement.targets:
            match target:
                case ast.Subscript(slice=ast.Constant(value=str(name))):
                    yield name, statement.value


def _given(frame: Frame) -> Iterator[tuple[str, ast.expr]]:
    """Arguments by the names of the parameters they are for, and parts of texts such as `f"…?token={…}"`."""
    for call in frame.function.own(ast.Call):
        for callee in frame.of(call.func):
            if isinstance(callee, Func) and not callee.function.owner:
                for parameter, value in zip(callee.function.parameters, call.args, strict=False):
                    yield parameter.arg, value
    for text in frame.function.own(ast.JoinedStr):
        for before, part in itertools.pairwise(text.values):
            match before, part:
                case ast.Constant(value=str(words)), ast.FormattedValue(value=value):
                    named = re.search(r"([A-Za-z_]+)\s*[=:]\s*$", words)
                    if named:
                        yield named[1], value


def _returned(frame: Frame) -> Iterator[tuple[str, ast.expr]]:
    """What a function returns that is named after what it makes; not the fields of a model, which have names."""
    name = MAKERS.sub("", frame.function.name)
    if name == frame.function.name and not SECRET.fullmatch(name):
        return
    for statement in frame.function.own(ast.Return):
        value = statement.value
        if value is not None and not (isinstance(value, ast.Call) and value.keywords):
            yield name, value


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
