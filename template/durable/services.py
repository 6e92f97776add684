"""The SDK's service types with a checked boundary; `@payments.handler()` reads as in Restate's documentation.

A request that does not fit is answered with a terminal 400 that names each field, and never retried. The SDK alone
answers 500, puts the values into the message, and calls the handler with None for an empty body (do-IV-6).
"""

import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import restate
from pydantic import ValidationError
from restate import TerminalError
from restate.handler import HandlerIO, handler_from_callable
from restate.serde import BytesSerde

from durable import hooks
from durable.context import TypedContext
from durable.logs import log_attempt
from durable.serde import JsonSerde, RequestSerde, explain

Handler = Callable[..., Awaitable[Any]]


def _typed(decorator: Callable[..., Callable[[Any], Any]]) -> Callable[..., Callable[[Handler], Handler]]:
    """The same decorator of the SDK, for handlers whose input and output are checked against their annotations."""

    @functools.wraps(decorator)
    def handler(service: Any, *args: Any, **options: Any) -> Callable[[Handler], Handler]:
        def decorate(function: Handler) -> Handler:
            signature = inspect.signature(function, eval_str=True)
            request = [parameter.annotation for parameter in signature.parameters.values()][1:]
            answer = signature.return_annotation
            if request:
                options.setdefault("input_serde", BytesSerde() if request[0] is bytes else RequestSerde(request[0]))
            if answer not in (None, bytes, inspect.Signature.empty):
                options.setdefault("output_serde", JsonSerde(answer))
            inner = options.get("invocation_context_managers", [])
            options["invocation_context_managers"] = [hooks.attempt, log_attempt, *inner]
            registered: Handler = decorator(service, *args, **options)(_checked(function))
            _publish_schemas(registered)
            return registered

        return decorate

    return handler


def _checked(function: Handler) -> Handler:
    @functools.wraps(function)
    async def checked(ctx: Any, *request: Any) -> Any:
        if request and isinstance(request[0], ValidationError):
            raise TerminalError(f"invalid request: {explain(request[0])}", status_code=400)
        return await function(TypedContext(ctx), *request)

    return checked


def _publish_schemas(registered: Handler) -> None:
    io: HandlerIO[Any, Any] = handler_from_callable(registered).handler_io
    if io.input_type and isinstance(io.input_serde, JsonSerde):
        io.input_type.generate_json_schema = functools.partial(io.input_serde.schema, "input")
    if io.output_type and isinstance(io.output_serde, JsonSerde):
        io.output_type.generate_json_schema = functools.partial(io.output_serde.schema, "output")


class Service(restate.Service):
    """Stateless handlers; many at once. Arguments as for `restate.Service`."""

    if not TYPE_CHECKING:  # type checkers see the SDK's own signature, with all its options
        handler = _typed(restate.Service.handler)


class VirtualObject(restate.VirtualObject):
    """State under a key; one exclusive handler at a time per key. Arguments as for `restate.VirtualObject`."""

    if not TYPE_CHECKING:
        handler = _typed(restate.VirtualObject.handler)


class Workflow(restate.Workflow):
    """`main` runs once per workflow id, `handler`s query and signal it. Arguments as for `restate.Workflow`."""

    if not TYPE_CHECKING:
        main = _typed(restate.Workflow.main)
        handler = _typed(restate.Workflow.handler)
