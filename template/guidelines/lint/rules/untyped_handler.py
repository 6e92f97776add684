"""Handlers whose input or output could be anything."""

import ast
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.definitions import Function
from guidelines.lint.model.project import Project
from guidelines.lint.model.services import Handler
from guidelines.lint.model.values import External, Func, Value
from guidelines.lint.report import in_function
from guidelines.rule import Rule

MOST_WRAPPERS = 10
LOOSE = {"dict", "Dict", "list", "List", "tuple", "Tuple", "set", "Set", "object", "Any", "Mapping"}


def check(project: Project) -> Iterator[Finding]:
    for handler in project.handlers:
        function = _typed(handler)
        if function is None or isinstance(function.node, ast.Lambda):
            continue
        parameters = function.parameters
        if function.owner is not None and parameters and parameters[0].arg == "self":
            parameters = parameters[1:]
        yield from _parameters(function, handler.name, parameters)
        if function.returns is None:
            yield _found(function, f"the output of {handler.name} has no type", Severity.ADVICE)
        elif _is_loose(function.returns):
            yield _found(function, f"the output of {handler.name} is not a model", Severity.WARNING)


def _typed(handler: Handler) -> Function | None:
    """The function whose types the SDK sees: that which a wrapper with functools.wraps wraps."""
    value, function = handler.value, handler.function
    for _ in range(MOST_WRAPPERS):
        wrapped = _wrapped(value)
        if wrapped is None:
            return function
        value, function = wrapped, wrapped.function
    return function


def _wrapped(value: Value) -> Func | None:
    if not isinstance(value, Func) or value.frame is None:
        return None
    for decorator in getattr(value.function.node, "decorator_list", []):
        match decorator:
            case ast.Call(func=func, args=[given, *_]) if External("functools.wraps") in value.frame.of(func):
                return next((found for found in value.frame.of(given) if isinstance(found, Func)), None)
    return None


def _parameters(function: Function, name: str, parameters: list[ast.arg]) -> Iterator[Finding]:
    if parameters and parameters[0].annotation is None:
        yield _found(function, f"the context of {name} has no type", Severity.WARNING)
    if len(parameters) > 1:
        annotation = parameters[1].annotation
        if annotation is None:
            yield _found(function, f"the input of {name} has no type", Severity.WARNING)
        elif _is_loose(annotation):
            yield _found(function, f"the input of {name} is not a model", Severity.WARNING)


def _is_loose(annotation: ast.expr) -> bool:
    """Whether the type says nothing of what is in the value."""
    match annotation:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in LOOSE
        case ast.Subscript(value=base, slice=inner):
            items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return _is_loose(base) and any(_is_loose(item) for item in items[-1:])
    return False


def _found(function: Function, message: str, severity: Severity) -> Finding:
    return in_function(RULE, function, function.node, message, severity=severity)


RULE = Rule(
    name="untyped-handler",
    guidelines=("do-IV-6",),
    severity=Severity.WARNING,
    checker="lint",
    purpose="Finds handlers whose context, input or output has no type, or one that says nothing.",
    why="Without a model nothing checks the request: a wrong body reaches the code, fails there, and is retried.",
    remedy="Take and return one Pydantic model, or a simple type such as str or int.",
    bad="""
import restate

users = restate.Service("Users")


@users.handler()
async def rename(ctx: restate.Context, request: dict) -> str:
    return request["name"]
""",
    good="""
import restate
from pydantic import BaseModel

users = restate.Service("Users")


class Rename(BaseModel):
    name: str


@users.handler()
async def rename(ctx: restate.Context, request: Rename) -> str:
    return request.name
""",
    check=check,
)
