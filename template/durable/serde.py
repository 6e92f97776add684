"""JSON in and out of the journal, checked by Pydantic in both directions (do-IV-6).

The SDK's own serde validates a single top-level model only; for any other type a value that does not fit is
retried for ever, together with the side effect that produced it.
"""

import functools
import inspect
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, PydanticSerializationError
from restate import TerminalError
from restate.serde import Serde

T = TypeVar("T")

# Errors whose Pydantic message quotes the input; answers and logs must not.
_QUOTING = {
    "union_tag_invalid": "The tag names none of the expected types",
    "uuid_parsing": "Input should be a valid UUID",
    "url_parsing": "Input should be a valid URL",
}


class JsonSerde(Serde[T], Generic[T]):
    """Serialises any type that Pydantic understands, by alias.

    Raises:
        TerminalError: 500, when a value does not fit the type. Terminal, because the value will not fit on the
            next attempt either, and retrying would repeat the step that made it.
    """

    def __init__(self, tp: object) -> None:
        self.adapter: TypeAdapter[T] = _adapter(tp)
        self.name = getattr(tp, "__name__", None) or str(tp)

    def deserialize(self, buf: bytes) -> T:
        try:
            return self.adapter.validate_json(buf or b"null")
        except ValidationError as error:
            raise TerminalError(f"stored value is not a valid {self.name}: {explain(error)}", 500) from error

    def serialize(self, obj: T | None) -> bytes:
        try:
            fitting = self.adapter.validate_python(obj)
            return self.adapter.dump_json(fitting, by_alias=True, warnings="error")
        except ValidationError as error:
            raise TerminalError(f"value is not a valid {self.name}: {explain(error)}", 500) from error
        except (PydanticSerializationError, RecursionError, TypeError, ValueError) as error:
            raise TerminalError(f"value of type {type(obj).__name__} does not serialise as {self.name}", 500) from error

    def schema(self, mode: str) -> dict[str, Any]:
        """The JSON schema without references, since the server publishes it inside a larger document."""
        full = self.adapter.json_schema(by_alias=True, mode="validation" if mode == "input" else "serialization")
        return cast("dict[str, Any]", _inlined(full, full.get("$defs", {})))


class RequestSerde(JsonSerde[Any]):
    """The input of a handler. Bad input comes out as the `ValidationError` itself.

    Raising here would be too early: the SDK turns every error of a serde into a 500, so the handler answers.
    """

    def deserialize(self, buf: bytes) -> Any:
        try:
            return self.adapter.validate_json(buf or b"null")
        except ValidationError as error:
            return error


def explain(error: ValidationError) -> str:
    """Each field and what is wrong with it, without the values: they may be secrets."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{_field(detail)}: {_QUOTING.get(detail['type'], detail['msg'])}" for detail in found)


def _field(detail: ErrorDetails) -> str:
    return ".".join(str(part) for part in detail["loc"]) or "body"


def _adapter(tp: Any) -> TypeAdapter[Any]:
    return _cached_adapter(tp) if isinstance(tp, Hashable) else TypeAdapter(tp)


@functools.cache
def _cached_adapter(tp: Any) -> TypeAdapter[Any]:
    return TypeAdapter(tp)


def _inlined(node: Any, definitions: dict[str, Any], inside: tuple[str, ...] = ()) -> Any:
    """Replaces `$ref` by what it refers to; a type inside itself becomes an open object."""
    if isinstance(node, list):
        return [_inlined(item, definitions, inside) for item in node]
    if not isinstance(node, dict):
        return node
    if reference := node.get("$ref"):
        name = str(reference).rsplit("/", 1)[-1]
        if name in inside:
            return {"title": name}
        return _inlined(
            definitions[name] | {k: v for k, v in node.items() if k != "$ref"}, definitions, (*inside, name)
        )
    return {k: _inlined(v, definitions, inside) for k, v in node.items() if k != "$defs"}


def returned_type(action: Callable[..., Any]) -> object:
    """What a callable says it returns; `Any` where it says nothing, as lambdas do."""
    annotation = inspect.signature(action, eval_str=True).return_annotation
    return Any if annotation is inspect.Signature.empty else annotation
