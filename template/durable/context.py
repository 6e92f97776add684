"""The SDK's context with Pydantic as its default serde, so that steps, state and awakeables are typed too."""

import dataclasses
from typing import Any, TypeVar

from restate import RunOptions
from restate.serde import DefaultSerde, Serde
from restate.server_context import ServerInvocationContext

from durable import hooks
from durable.serde import JsonSerde, returned_type

T = TypeVar("T")

UNSET: Serde[Any] = DefaultSerde()
DEFAULT_OPTIONS: RunOptions[Any] = RunOptions()


class TypedContext(ServerInvocationContext):
    """Another view of one attempt's context: same journal, same state, checked values.

    Overrides only what takes a serde, and only where the caller did not pass one.
    """

    def __init__(self, context: ServerInvocationContext) -> None:
        object.__setattr__(self, "__dict__", context.__dict__)

    def run_typed(self, name: str, action: Any, options: Any = DEFAULT_OPTIONS, /, *args: Any, **kwargs: Any) -> Any:
        if isinstance(options.serde, DefaultSerde):
            result = options.type_hint if options.type_hint is not None else returned_type(action)
            options = dataclasses.replace(options, serde=JsonSerde(result))
        return super().run_typed(name, hooks.step(name, action), options, *args, **kwargs)

    def get(self, name: str, serde: Any = UNSET, type_hint: Any = None, entry_name: str | None = None) -> Any:
        return super().get(name, _typed(serde, type_hint), entry_name=entry_name)

    def set(self, name: str, value: Any, serde: Any = UNSET, entry_name: str | None = None) -> None:
        super().set(name, value, _typed(serde, None), entry_name)

    def awakeable(self, serde: Any = UNSET, type_hint: Any = None) -> Any:
        return super().awakeable(_typed(serde, type_hint))

    def resolve_awakeable(self, name: str, value: Any, serde: Any = UNSET) -> None:
        super().resolve_awakeable(name, value, _typed(serde, None))

    def promise(self, name: str, serde: Any = UNSET, type_hint: Any = None) -> Any:
        return super().promise(name, _typed(serde, type_hint))

    def signal(self, name: str, serde: Any = UNSET, type_hint: Any = None) -> Any:
        return super().signal(name, _typed(serde, type_hint))

    def resolve_signal(self, invocation_id: str, name: str, value: Any, serde: Any = UNSET) -> None:
        super().resolve_signal(invocation_id, name, value, _typed(serde, None))

    def attach_invocation(self, invocation_id: str, serde: Any = UNSET, type_hint: Any = None) -> Any:
        return super().attach_invocation(invocation_id, _typed(serde, type_hint))


def _typed(serde: Serde[T], type_hint: object) -> Serde[Any]:
    if not isinstance(serde, DefaultSerde):
        return serde
    return JsonSerde(Any if type_hint is None else type_hint)
