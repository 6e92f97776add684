"""One evaluation of one frame: the names as they are at the current statement."""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, field

from guidelines.lint.model.engine import Engine
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.values import NOTHING, External, Values


@dataclass
class Run:
    """Names are followed in the order of the statements, so that `x = sorted(x)` changes what `x` is."""

    engine: Engine
    frame: Frame
    names: dict[str, Values] = field(default_factory=dict)
    unordered: int = 0
    """How many loops over unordered things the current statement is in."""

    def assign(self, name: str, values: Values) -> None:
        function = self.frame.function
        if name not in function.locals:
            owner = self._owner(name)
            self.engine.add(owner.name(name), values)
            if owner is not self.frame:
                return
        self.names[name] = values
        if function.has_nested or isinstance(function.node, ast.Module | ast.ClassDef):
            self.engine.add(self.frame.name(name), values)

    def _owner(self, name: str) -> Frame:
        frame = self.frame
        while frame.closure is not None:
            frame = frame.closure
            if name in frame.function.locals:
                return frame
        return frame

    def lookup(self, name: str) -> Values:
        function = self.frame.function
        if name in function.locals or name in self.names:
            if name in self.names:
                return self.names[name]
            if not isinstance(function.node, ast.Module | ast.ClassDef):
                return NOTHING
            if isinstance(function.node, ast.Module):
                return self.engine.read(self.frame.name(name))
        return outer_lookup(self.engine, self.frame.closure, name)


def outer_lookup(engine: Engine, frame: Frame | None, name: str) -> Values:
    """What a name is in the scopes around a function, then in the module, then among the builtins."""
    while frame is not None:
        if name in frame.function.locals and not isinstance(frame.function.node, ast.ClassDef):
            return engine.read(frame.name(name))
        if frame.closure is None:
            if name in frame.names:
                return engine.read(frame.names[name])
            stars = [path for path in engine.stars.get(frame, ()) if path]
            if stars and name not in BUILTINS:
                return frozenset(External(f"{path}.{name}") for path in stars)
        frame = frame.closure
    return frozenset({External(f"builtins.{name}")}) if name in BUILTINS else NOTHING


BUILTINS = frozenset(dir(builtins))
