"""Handlers that are called past Restate."""

from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.definitions import Function
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project
from guidelines.lint.model.services import Handler, written
from guidelines.lint.model.values import CALLABLE
from guidelines.lint.report import at
from guidelines.rule import Rule

CLIENTS = {"restate.create_client", "restate.Client"}


def check(project: Project) -> Iterator[Finding]:
    handlers = {handler.function: handler for handler in project.handlers if handler.function is not None}
    for frame in [*project.durable, *project.steps]:
        for call in project.calls(frame):
            if project.externals(frame, call) & CLIENTS:
                message = "a client of the ingress inside a handler: the call is not part of the journal"
                yield at(project, RULE, frame, call, message)
                continue
            for value in frame.of(call.func):
                function = written(value) if isinstance(value, CALLABLE) else None
                handler = handlers.get(function) if function else None
                if handler is not None and _is_outside(project, frame, handler):
                    message = f"{handler.name} is a handler of {handler.service.name}: call it through the context"
                    yield at(project, RULE, frame, call, message)
                    break


def _is_outside(project: Project, frame: Frame, handler: Handler) -> bool:
    """A handler may share code with others of its own service; but wrappers of the handler itself call it as well."""
    if frame in handler.roots:
        return False
    function: Function | None = frame.function
    while function is not None:
        if function is handler.function:
            return False
        function = function.parent
    services = {other.service for other in project.handlers if other.function is frame.function}
    return handler.service not in services and bool(services)


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
