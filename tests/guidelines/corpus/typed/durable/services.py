"""Service types whose steps serialise whatever Pydantic can."""
import dataclasses
import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import restate
from pydantic import TypeAdapter
from restate import RunOptions
from restate.serde import DefaultSerde, Serde
from restate.server_context import ServerInvocationContext


class AdapterSerde(Serde[Any]):
    def __init__(self, tp: Any) -> None:
        self.adapter = TypeAdapter(tp)

    def deserialize(self, buf: bytes) -> Any:
        return self.adapter.validate_json(buf or b"null")

    def serialize(self, obj: Any) -> bytes:
        return self.adapter.dump_json(obj)


class TypedContext(ServerInvocationContext):
    def __init__(self, context: ServerInvocationContext) -> None:
        object.__setattr__(self, "__dict__", context.__dict__)

    def run_typed(self, name: str, action: Any, options: Any = RunOptions(), /, *args: Any, **kwargs: Any) -> Any:
        if isinstance(options.serde, DefaultSerde):
            hint = inspect.signature(action, eval_str=True).return_annotation
            options = dataclasses.replace(options, serde=AdapterSerde(hint))
        return super().run_typed(name, action, options, *args, **kwargs)  # OK: the wrapper itself


def _typed(decorator: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(decorator)
    def handler(service: Any, *args: Any, **options: Any) -> Callable[..., Any]:
        def decorate(function: Callable[..., Awaitable[Any]]) -> Any:
            @functools.wraps(function)
            async def checked(ctx: Any, *request: Any) -> Any:
                return await function(TypedContext(ctx), *request)  # OK: the wrapped handler itself

            return decorator(service, *args, **options)(checked)

        return decorate

    return handler


class Service(restate.Service):
    if not TYPE_CHECKING:
        handler = _typed(restate.Service.handler)


class VirtualObject(restate.VirtualObject):
    if not TYPE_CHECKING:
        handler = _typed(restate.VirtualObject.handler)
