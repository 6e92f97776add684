"""Services and their handlers, as the code makes them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from guidelines.lint.model.values import Func, Value

if TYPE_CHECKING:
    from guidelines.lint.model.definitions import ClassDefinition, Function
    from guidelines.lint.model.frame import Frame


@dataclass(eq=False)
class Service:
    """`kind` is service, object or workflow; `definition` the project's own class, if it is of one."""

    name: str
    kind: str
    definition: ClassDefinition | None
    node: ast.AST
    frame: Frame
    foreign: bool = False
    """Of a class that is not among the checked files; it is called as the SDK's."""
    many: bool = False
    """Whether this stands for several services: made in a loop, or by a function that is called more than once."""
    handlers: list[Handler] = field(default_factory=list)

    @property
    def checked(self) -> bool:
        """Whether the service type may have given its contexts another serde, as `durable` does."""
        return self.foreign or self.definition is not None


@dataclass(eq=False)
class Handler:
    """`value` is what runs, `function` what the author wrote (decorators may differ); None when nobody knows.

    `mode` is exclusive, shared, or main; empty for a basic service.
    """

    service: Service
    name: str
    mode: str
    value: Value
    function: Function | None
    node: ast.AST
    roots: list[Frame] = field(default_factory=list)

    @property
    def exclusive(self) -> bool:
        """Whether it holds the lock of a virtual object's key."""
        return self.service.kind == "object" and self.mode == "exclusive"


def written(value: Value) -> Function | None:
    """The function behind a callable."""
    while not isinstance(value, Func):
        value = getattr(value, "callee", None)  # type: ignore[assignment]
        if value is None:
            return None
    return value.function
