"""One function in one mode: what its names may be, and what it calls."""

from __future__ import annotations

import ast
from enum import Enum
from typing import TYPE_CHECKING

from guidelines.lint.model.values import NOTHING, Value, Values

if TYPE_CHECKING:
    from guidelines.lint.model.definitions import Function


class Mode(Enum):
    """Where code runs. The same helper can run in all three, and is looked at in each by itself."""

    OUTSIDE = "outside"
    """Import time, scripts, tests: nothing is replayed."""
    DURABLE = "durable"
    """In a handler: run again on every replay."""
    STEP = "step"
    """Inside `ctx.run_typed`: run once, its result is journaled."""


class Cell:
    """Something that holds values: a variable, an attribute, the elements of a list, a result. Only grows."""

    __slots__ = ("readers", "values")

    def __init__(self) -> None:
        self.values: Values = NOTHING
        self.readers: set[Frame] = set()


class Edge:
    """A call from one frame to another."""

    __slots__ = ("callee", "caller", "node")

    def __init__(self, caller: Frame, callee: Frame, node: ast.AST) -> None:
        self.caller = caller
        self.callee = callee
        self.node = node


Signature = frozenset[tuple[str, object]]


class Frame:
    """`closure` is the frame around it; `signature` are the callables it was given, which keep frames apart."""

    def __init__(self, function: Function, closure: Frame | None, mode: Mode, signature: Signature) -> None:
        self.function = function
        self.closure = closure
        self.mode = mode
        self.depth: int = 1 + max(closure.depth if closure else 0, deepest(signature))
        self.parameters: dict[str, Values] = {}
        self.names: dict[str, Cell] = {}
        self.returned = Cell()
        self.yielded = Cell()
        self.seen: dict[ast.AST, Values] = {}
        self.edges: dict[tuple[Frame, ast.AST], Edge] = {}
        self.externals: dict[ast.AST, set[str]] = {}
        """Calls of external things that are not written as such: a default factory, a settings class."""
        self.evaluations = 0
        self.active = False
        self.stale = False

    def __repr__(self) -> str:
        return f"<{self.mode.value} {self.function}>"

    def name(self, name: str) -> Cell:
        cell = self.names.get(name)
        if cell is None:
            cell = self.names[name] = Cell()
        return cell

    def of(self, node: ast.AST | None) -> Values:
        """What an expression of this function may be."""
        return self.seen.get(node, NOTHING) if node is not None else NOTHING


def deepest(signature: Signature) -> int:
    return max((depth_of(value) for _, value in signature if isinstance(value, Value)), default=0)


def depth_of(value: Value) -> int:
    """How many frames deep a value is made of frames; bounded, or closures in closures would never end."""
    frame = getattr(value, "frame", None)
    if isinstance(frame, Frame):
        return frame.depth
    callee = getattr(value, "callee", None)
    if isinstance(callee, Value):
        return depth_of(callee)
    site = getattr(value, "site", None)
    return site[1].depth if site and site[1] else 0
