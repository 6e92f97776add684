"""Abstract values: what an expression may be, as far as the rules care.

An expression has a set of values, all that it may be on some path. The empty set means that nothing is known.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guidelines.lint.model.definitions import ClassDefinition, Function
    from guidelines.lint.model.frame import Frame
    from guidelines.lint.model.source import Module

Site = tuple[ast.AST, "Frame | None"]
"""Where an object is made; two frames of one function make two objects."""


@dataclass(frozen=True, slots=True)
class Value:
    """Anything below."""


Values = frozenset[Value]
NOTHING: Values = frozenset()


@dataclass(frozen=True, slots=True)
class External(Value):
    """Something outside the checked files, by its path: `time.time`, `httpx.AsyncClient()`, `x.Client().get`."""

    path: str


@dataclass(frozen=True, slots=True)
class Text(Value):
    """A string constant."""

    text: str


@dataclass(frozen=True, slots=True)
class Unit(Value):
    """A module of the project."""

    module: Module


@dataclass(frozen=True, slots=True)
class Func(Value):
    """A function or lambda of the project, with the frame that holds the variables it captured."""

    function: Function
    frame: Frame | None
    static: str = ""
    """`staticmethod`, `classmethod` or `property`, where it is one."""


@dataclass(frozen=True, slots=True)
class Bound(Value):
    """A method of a receiver."""

    callee: Value
    receiver: Value


@dataclass(frozen=True, slots=True)
class Class(Value):
    """A class of the project."""

    definition: ClassDefinition


@dataclass(frozen=True, slots=True)
class Instance(Value):
    """An object of a class of the project; `exact` unless it may be of a subclass."""

    definition: ClassDefinition
    site: Site | None = None
    exact: bool = True
    durable: bool = False
    """Made by durable code, which makes it again on replay."""


@dataclass(frozen=True, slots=True)
class Super(Value):
    """`super()` in a method of `definition`."""

    definition: ClassDefinition
    receiver: Value


@dataclass(frozen=True, slots=True)
class Partial(Value):
    """A callable with some arguments already given."""

    callee: Value
    positional: tuple[Values, ...]
    named: tuple[tuple[str, Values], ...]


@dataclass(frozen=True, slots=True)
class Context(Value):
    """A Restate context; `checked` when the project's own service type gave it another default serde."""

    checked: bool = False


@dataclass(frozen=True, slots=True)
class Operation(Value):
    """A method of a context, such as `ctx.run_typed`."""

    name: str
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Future(Value):
    """What an operation returns: run, sleep, call, awakeable, promise, signal, attach, get or time."""

    kind: str
    site: Site


@dataclass(frozen=True, slots=True)
class Promise(Value):
    """A durable promise of a workflow."""

    site: Site


@dataclass(frozen=True, slots=True)
class OwnKey(Value):
    """What `ctx.key()` returns."""


@dataclass(frozen=True, slots=True)
class ServiceObject(Value):
    """A service, virtual object or workflow."""

    site: Site


@dataclass(frozen=True, slots=True)
class Registration(Value):
    """`service.handler` or `service.main`, before it is called."""

    service: ServiceObject
    method: str


@dataclass(frozen=True, slots=True)
class Registrar(Value):
    """`service.handler(...)`: makes a handler of the function it is called with."""

    service: ServiceObject
    method: str
    name: str | None
    kind: str | None


@dataclass(frozen=True, slots=True)
class Collection(Value):
    """A mutable collection: `list`, `dict` or `set`; `unordered` when its order differs between processes."""

    kind: str
    site: Site
    unordered: bool = False
    ordered: bool = False
    """Sorted, or read from the journal, whatever order it was filled in."""


@dataclass(frozen=True, slots=True)
class Tuple(Value):
    """A tuple with known positions."""

    items: tuple[Values, ...]


@dataclass(frozen=True, slots=True)
class Named(Value):
    """Keyword arguments by name."""

    items: tuple[tuple[str, Values], ...]


@dataclass(frozen=True, slots=True)
class Elements(Value):
    """Any iterable that is not changed any more."""

    values: Values
    unordered: bool = False


@dataclass(frozen=True, slots=True)
class Coroutine(Value):
    """An async function of the project that was called and not yet awaited."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class Generator(Value):
    """A generator of the project, or a context manager made from one."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class Variable(Value):
    """A `ContextVar`."""

    site: Site


@dataclass(frozen=True, slots=True)
class Yielded(Value):
    """A `restate.extensions.contextvar`: `value` is what its context manager yields."""

    callee: Value


@dataclass(frozen=True, slots=True)
class TypeForm(Value):
    """A type that is written as an expression, such as `Annotated[Context, ...]`."""

    node: ast.expr
    frame: Frame


CALLABLE = (Func, Bound, Partial, Operation, Registrar, Registration, Yielded)
