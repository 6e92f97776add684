"""What an app serves, as data."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Value:
    """The type of an input or output, and whether anybody checks what arrives.

    `check` is "missing" without an annotation, "open" for a type that everything fits, "checked" by a model. Where the
    SDK hands on what the JSON says it is "plain" for a string, number or bool, and "unchecked" for anything else.
    """

    type: str
    check: Literal["missing", "open", "plain", "unchecked", "checked"]


@dataclass(frozen=True)
class Handler:
    """A handler as the server will see it: options are the handler's own, or else its component's.

    `context` is the annotation of its first parameter, "" for none; `input` is None for a handler that takes nothing;
    timeouts are in seconds.
    """

    service: str
    service_kind: Literal["service", "object", "workflow"]
    name: str
    kind: Literal["exclusive", "shared", "workflow"] | None
    path: str
    line: int
    context: str | None
    is_async: bool
    input: Value | None
    output: Value
    inactivity_timeout: float | None
    abort_timeout: float | None
    max_attempts: int | None
    on_max_attempts: Literal["pause", "kill"] | None
    private: bool

    def __str__(self) -> str:
        return f"{self.service}/{self.name}"


@dataclass(frozen=True)
class Component:
    """A service, virtual object or workflow, and where it is made."""

    name: str
    kind: Literal["service", "object", "workflow"]
    path: str
    line: int
    state_preload: bool | list[str] | None
    handlers: tuple[Handler, ...]

    def __str__(self) -> str:
        return self.name

    def told(self, tell: Callable[[Handler], str]) -> Iterator[tuple["Component | Handler", str]]:
        """What is told of its handlers ("" for nothing): once, of the component, where all are told the same."""
        messages = [(handler, tell(handler)) for handler in self.handlers]
        distinct = {message for _, message in messages}
        if len(distinct) == 1 and len(messages) > 1:
            yield from ((self, message) for message in distinct if message)
        else:
            yield from ((handler, message) for handler, message in messages if message)


@dataclass(frozen=True)
class Served:
    """Everything the app serves, and what the linter made of the same project.

    `linted` are the handlers that the linter saw, as (path, line of the `def`). `internal` are those that a component
    sends to itself or that undo something, likewise.
    """

    components: tuple[Component, ...]
    linted: frozenset[tuple[str, int]] = frozenset()
    internal: dict[tuple[str, int], str] = field(default_factory=dict)

    @property
    def handlers(self) -> tuple[Handler, ...]:
        return tuple(handler for component in self.components for handler in component.handlers)


def from_facts(facts: list[dict[str, Any]]) -> tuple[Component, ...]:
    """What `importing.py` printed."""
    return tuple(Component(**{**each, "handlers": tuple(map(_handler, each["handlers"]))}) for each in facts)


def _handler(facts: dict[str, Any]) -> Handler:
    given = Value(**facts["input"]) if facts["input"] else None
    return Handler(**{**facts, "input": given, "output": Value(**facts["output"])})
