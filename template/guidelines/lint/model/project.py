"""The model of a project, as rules see it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from guidelines.lint.model import expressions, statements
from guidelines.lint.model.engine import Engine
from guidelines.lint.model.flow import is_unordered
from guidelines.lint.model.frame import Edge, Frame, Mode
from guidelines.lint.model.reach import chain, operating, own_nodes, reach, uses_context
from guidelines.lint.model.roots import explore
from guidelines.lint.model.services import Handler
from guidelines.lint.model.source import Module, Unreadable
from guidelines.lint.model.values import External, Operation, Value, Values


@dataclass(frozen=True)
class Settings:
    """What the user knows better: names (fully qualified) that are deterministic after all, or are not."""

    deterministic: frozenset[str] = frozenset()
    nondeterministic: frozenset[str] = frozenset()


@dataclass(eq=False)
class Project:
    """Everything that rules ask about. Frames come in two kinds: durable ones are replayed, steps are not."""

    modules: list[Module]
    unreadable: list[Unreadable]
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        self.engine = Engine(self.modules, statements.run)
        self.roots = explore(self.engine)

    @cached_property
    def handlers(self) -> list[Handler]:
        found = self.engine.handlers.values()
        return sorted(
            found,
            key=lambda h: (h.service.name, h.name, *(getattr(node, "lineno", 0) for node in (h.node, h.service.node))),
        )

    @cached_property
    def reached(self) -> dict[Frame, Edge | None]:
        return reach(self.roots, steps=True)

    @cached_property
    def durable(self) -> list[Frame]:
        return [frame for frame in self.reached if frame.mode is Mode.DURABLE]

    @cached_property
    def steps(self) -> list[Frame]:
        return [frame for frame in self.reached if frame.mode is Mode.STEP]

    @cached_property
    def frames(self) -> list[Frame]:
        """Everything, whether a handler reaches it or not."""
        return list(self.engine.frames.values())

    @cached_property
    def operating(self) -> set[Frame]:
        return operating(self.frames)

    def from_handlers(self, handlers: Iterable[Handler]) -> dict[Frame, Edge | None]:
        """The durable frames that some handlers reach."""
        return reach(root for handler in handlers for root in handler.roots)

    @cached_property
    def owners(self) -> dict[Frame, list[Handler]]:
        """The handlers that reach a frame, durably or in a step."""
        found: dict[Frame, list[Handler]] = {}
        for handler in self.handlers:
            for frame in reach(handler.roots, steps=True):
                found.setdefault(frame, []).append(handler)
        return found

    def chain(self, frame: Frame, reached: dict[Frame, Edge | None] | None = None) -> tuple[str, ...]:
        return chain(self.reached if reached is None else reached, frame)

    def operates(self, frame: Frame, nodes: Iterable[ast.AST]) -> bool:
        """Whether code uses the context, itself or through functions of the project."""
        inside = set(own_nodes(nodes))
        if any(uses_context(frame, node) for node in inside):
            return True
        return any(
            node in inside and callee in self.operating for (callee, node) in frame.edges if callee.mode is frame.mode
        )

    def is_unordered(self, values: Values) -> bool:
        return is_unordered(self.engine, values)

    def calls(self, frame: Frame) -> Iterator[ast.Call]:
        yield from frame.function.own(ast.Call)

    def operations(self, frame: Frame, node: ast.AST) -> set[str]:
        """The context operations that a call may be."""
        if not isinstance(node, ast.Call):
            return set()
        return {value.name for value in frame.of(node.func) if isinstance(value, Operation)}

    def externals(self, frame: Frame, node: ast.AST) -> set[str]:
        """The external functions that a call may be."""
        found = set(frame.externals.get(node, ()))
        if isinstance(node, ast.Call):
            found |= {value.path for value in frame.of(node.func) if isinstance(value, External)}
        return found


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """An argument as it is written."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if position < len(call.args) and not any(isinstance(item, ast.Starred) for item in call.args[: position + 1]):
        return call.args[position]
    return None


__all__ = ["Project", "Settings", "Value", "argument", "expressions"]
