"""Handlers that are called past Restate."""

import ast
import re
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.definitions import Function
from guidelines.lint.model.frame import Frame, Mode
from guidelines.lint.model.project import Project, argument
from guidelines.lint.model.services import Handler, written
from guidelines.lint.model.values import CALLABLE, Text, Value
from guidelines.lint.report import at
from guidelines.rule import Rule

CLIENTS = ("restate.create_client", "restate.Client")
HTTP = ("httpx.", "requests.", "aiohttp.", "urllib.request.", "urllib3.")


def check(project: Project) -> Iterator[Finding]:
    owners = project.owners
    for frame in [*project.durable, *project.steps]:
        for call in project.calls(frame):
            paths = project.externals(frame, call)
            if any(path in CLIENTS or path.startswith(tuple(f"{name}()" for name in CLIENTS)) for path in paths):
                message = "a client of the ingress inside a handler: the call is not part of the journal"
                yield at(project, RULE, frame, call, message)
                continue
            if any(path.startswith(HTTP) for path in paths):
                yield from _over_http(project, frame, call)
            for handlers in sorted(_called(project, frame, call), key=lambda found: project.handlers.index(found[0])):
                if not any(_wraps(frame, handler) for handler in handlers):
                    yield from _past_restate(project, frame, call, handlers[0], handlers, owners.get(frame, []))
                    break


def _called(project: Project, frame: Frame, call: ast.Call) -> Iterator[list[Handler]]:
    """The handlers that a call is of, or that run as its step."""
    called = frame.of(call.func)
    if project.operations(frame, call) & {"run", "run_typed"}:
        called |= frame.of(argument(call, 1, "action"))
    for value in called:
        if isinstance(value, CALLABLE) and (found := _handlers(project, value)):
            yield found


def _handlers(project: Project, value: Value) -> list[Handler]:
    """The handlers that a callable is: by itself, or, where a decorator has put another in its place, as written."""
    same = [handler for handler in project.handlers if handler.value == value]
    function = written(value)
    return same or [handler for handler in project.handlers if function and handler.function is function]


def _past_restate(
    project: Project, frame: Frame, call: ast.Call, handler: Handler, same: list[Handler], owners: list[Handler]
) -> Iterator[Finding]:
    """Whose handlers reach the call decides: a handler may share code with others of its own service."""
    message = f"{handler.name} is a handler of {handler.service.name}: call it through the context"
    own = [owner for owner in owners if any(_is_same_service(owner, other) for other in same)]
    if not own:
        # a tool of an agent runs in a handler that is not known here
        severity = Severity.ERROR if owners else Severity.WARNING
        yield at(project, RULE, frame, call, message, severity=severity)
    elif handler.service.kind == "service":
        message = f"{handler.name} is a handler: called as a function it has no journal of its own"
        yield at(project, RULE, frame, call, message, severity=Severity.ADVICE)


def _is_same_service(one: Handler, other: Handler) -> bool:
    """Of services that one place makes, the names that they are registered with tell them apart."""
    if one.service is not other.service or not one.service.many:
        return one.service is other.service
    names = [_registered_with(handler) for handler in (one, other)]
    return None in names or names[0] == names[1]


def _registered_with(handler: Handler) -> str | None:
    node = handler.node.func if isinstance(handler.node, ast.Call) else handler.node
    while isinstance(node, ast.Call):
        node = node.func
    return node.value.id if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) else None


def _wraps(frame: Frame, handler: Handler) -> bool:
    """Whether this is the code around the handler itself: a decorator's, or its own."""
    if frame in handler.roots:
        return True
    function: Function | None = frame.function
    while function is not None:
        if function is handler.function:
            return True
        function = function.parent
    return False


def _over_http(project: Project, frame: Frame, call: ast.Call) -> Iterator[Finding]:
    """A request to an address that ends in a service and a handler of this project."""
    for part in [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg in ("url", None))]:
        url = _text(frame, part)
        for handler in project.handlers:
            if re.search(rf"/{re.escape(handler.service.name)}/([^/]+/)?{re.escape(handler.name)}(/send)?/?$", url):
                message = f"a request to the ingress for {handler.service.name}: the call is not part of the journal"
                severity = Severity.WARNING if frame.mode is Mode.STEP else Severity.ERROR
                yield at(project, RULE, frame, call, message, severity=severity)
                return


def _text(frame: Frame, node: ast.expr, depth: int = 3) -> str:
    """A text as far as it is known, with `*` for the rest."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(frame, part, depth) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return _text(frame, node.value, depth)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _text(frame, node.left, depth) + _text(frame, node.right, depth)
    if isinstance(node, ast.Name) and depth:
        function = frame.function
        for statement in function.own(ast.Assign) if node.id in function.locals else ():
            if any(isinstance(target, ast.Name) and target.id == node.id for target in statement.targets):
                return _text(frame, statement.value, depth - 1)
    known = [value.text for value in frame.of(node) if isinstance(value, Text)]
    return known[0] if len(known) == 1 else "*"


RULE = Rule(
    name="direct-handler-call",
    guidelines=("do-I-1",),
    severity=Severity.ERROR,
    checker="lint",
    purpose="Finds handlers of other services called as functions, and ingress clients used inside handlers.",
    why="Called as a function, the handler runs inside the caller: under its key, its retries and its journal. "
    "Through the ingress the call is not journaled at all.",
    remedy="Use ctx.service_call, object_call, workflow_call or the _send variants.",
    bad="""
import restate

payments = restate.Service("Payments")
orders = restate.Service("Orders")


@payments.handler()
async def charge(ctx: restate.Context, amount: int) -> int:
    return amount


@orders.handler()
async def place(ctx: restate.Context, amount: int) -> int:
    return await charge(ctx, amount)
""",
    good="""
import restate

payments = restate.Service("Payments")
orders = restate.Service("Orders")


@payments.handler()
async def charge(ctx: restate.Context, amount: int) -> int:
    return amount


@orders.handler()
async def place(ctx: restate.Context, amount: int) -> int:
    return await ctx.service_call(charge, amount)
""",
    check=check,
)
