"""Runs the project abstractly until nothing new is found.

A frame is one function in one mode. Evaluating it finds out what its names may be and whom it calls; calls evaluate
other frames. Whoever read a variable, an attribute or a result is evaluated again when that has grown.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from guidelines.lint.model.definitions import ClassDefinition, Function, FunctionNode
from guidelines.lint.model.frame import Cell, Edge, Frame, Mode, Signature, deepest
from guidelines.lint.model.imports import Imports
from guidelines.lint.model.services import Handler, Service
from guidelines.lint.model.source import Module
from guidelines.lint.model.values import (
    CALLABLE,
    NOTHING,
    Collection,
    Elements,
    External,
    Func,
    Future,
    Instance,
    Named,
    OwnKey,
    ServiceObject,
    Site,
    Text,
    Tuple,
    Value,
    Values,
)

MOST_VALUES = 40
MOST_EVALUATIONS = 12
LEAST_BUDGET = 40_000
CHARACTERS_PER_EVALUATION = 2
"""Expressions to evaluate, five times what ordinary code needs. After that nothing is evaluated a second time, so that
the time is linear in the size of the project, whatever is in it."""
DEEPEST_CALL = 40
DEEPEST_SIGNATURE = 4
MOST_FRAMES = 200
"""Of one function. Enough for a decorator used everywhere, and an end to recursion that makes closures."""


class Engine:
    """The state of the analysis: what has been found so far."""

    def __init__(self, modules: Iterable[Module], execute: Callable[[Engine, Frame], None]) -> None:
        self.execute = execute
        self.modules = list(modules)
        self.imports = Imports(self.modules)
        self.work = 0
        self.budget = LEAST_BUDGET + sum(len(module.text) for module in self.modules) // CHARACTERS_PER_EVALUATION
        self.frames: dict[object, Frame] = {}
        self.by_function: dict[Function, list[Frame]] = {}
        self.cells: dict[object, Cell] = {}
        self.functions: dict[ast.AST, Function] = {}
        self.definitions: dict[tuple[ast.AST, Frame], ClassDefinition] = {}
        self.services: dict[ServiceObject, Service] = {}
        self.handlers: dict[tuple[ServiceObject, Value], Handler] = {}
        self.decorators: dict[Function, set[str]] = {}
        self.defaults: dict[tuple[Function, Frame | None], dict[str, Values]] = {}
        self.overloads: dict[Function, set[Func]] = {}
        self.made: dict[Function, set[Func]] = {}
        self.tools: set[Func] = set()
        self.keys: dict[Site, set[object]] = {}
        self.walruses: dict[ast.AST, set[str]] = {}
        self.disordered: set[Site] = set()
        """Collections that were filled by a loop over something unordered."""
        self.stars: dict[Frame, list[str]] = {}
        """External modules that a module imports everything from."""
        self._stack: list[Frame] = []
        self._queue: deque[Frame] = deque()

    def cell(self, *key: object) -> Cell:
        found = self.cells.get(key)
        if found is None:
            found = self.cells[key] = Cell()
        return found

    def read(self, cell: Cell) -> Values:
        if self._stack:
            cell.readers.add(self._stack[-1])
        return cell.values

    def add(self, cell: Cell, values: Values) -> None:
        if not values or values <= cell.values or len(cell.values) >= MOST_VALUES:
            return
        cell.values = bounded(cell.values | values)
        for reader in cell.readers:
            self.revisit(reader)

    def revisit(self, frame: Frame) -> None:
        if not frame.stale and frame.evaluations < MOST_EVALUATIONS:
            frame.stale = True
            self._queue.append(frame)

    def function(self, node: FunctionNode, parent: Function, owner: ClassDefinition | None) -> Function:
        found = self.functions.get(node)
        if found is None:
            found = self.functions[node] = Function(node, parent.module, parent, owner)
        return found

    def module_frame(self, module: Module) -> Frame:
        frame = self.frame(module.body, None, Mode.OUTSIDE, frozenset())
        if not frame.evaluations:
            self.evaluate(frame)
        return frame

    def frame(self, function: Function, closure: Frame | None, mode: Mode, signature: Signature) -> Frame:
        key = (function, closure, mode, signature)
        found = self.frames.get(key)
        if found is None:
            found = self.frames[key] = Frame(function, closure, mode, signature)
            self.by_function.setdefault(function, []).append(found)
        return found

    def enter(self, caller: Frame | None, node: ast.AST, func: Func, mode: Mode, given: dict[str, Values]) -> Frame:
        """The frame of a call; it is evaluated if it is new or was given something new."""
        signature = _signature(given)
        crowded = len(self.by_function.get(func.function, ())) >= MOST_FRAMES or self.work > self.budget
        if crowded or deepest(signature) > DEEPEST_SIGNATURE:
            signature = frozenset()
        frame = self.frame(func.function, func.frame, mode, signature)
        if caller is not None:
            self.connect(caller, frame, node)
        grown = False
        for name, values in given.items():
            known = frame.parameters.get(name, NOTHING)
            if not values <= known and len(known) < MOST_VALUES:
                frame.parameters[name] = _joined(known, values)
                grown = True
        if grown or not frame.evaluations:
            if len(self._stack) < DEEPEST_CALL and not frame.active:
                self.evaluate(frame)
            else:
                self.revisit(frame)
        return frame

    def connect(self, caller: Frame, callee: Frame, node: ast.AST) -> None:
        if (callee, node) not in caller.edges:
            caller.edges[callee, node] = Edge(caller, callee, node)

    def evaluate(self, frame: Frame) -> None:
        frame.stale = False
        if frame.evaluations >= (MOST_EVALUATIONS if self.work <= self.budget else 1):
            return
        frame.evaluations += 1
        frame.active = True
        self._stack.append(frame)
        try:
            self.execute(self, frame)
        finally:
            self._stack.pop()
            frame.active = False

    def settle(self) -> None:
        """Evaluates what is stale until nothing is."""
        while self._queue:
            frame = self._queue.popleft()
            if frame.stale:
                self.evaluate(frame)


def _signature(given: dict[str, Values]) -> Signature:
    """What keeps two calls of one function apart: callables, objects made with them, futures and unordered things."""
    kept: set[tuple[str, object]] = set()
    for name, values in given.items():
        for value in _flattened(values):
            if isinstance(value, CALLABLE) or (isinstance(value, Instance) and value.site is not None):
                kept.add((name, value))
            elif isinstance(value, Future):
                kept.add((name, value.kind))
            elif isinstance(value, OwnKey):
                kept.add((name, "own key"))
            elif isinstance(value, Collection | Elements) and value.unordered:
                kept.add((name, "unordered"))
    return frozenset(kept)


def _flattened(values: Values) -> Iterator[Value]:
    for value in values:
        yield value
        if isinstance(value, Tuple):
            for item in value.items:
                yield from item
        elif isinstance(value, Named):
            for _, item in value.items:
                yield from item


def bounded(values: Values) -> Values:
    """Without what matters least, where there is too much: names of external things, and texts."""
    if len(values) <= MOST_VALUES:
        return values
    kept = frozenset(value for value in values if not isinstance(value, External | Text))
    return kept if len(kept) <= MOST_VALUES else frozenset(list(kept)[:MOST_VALUES])


def _joined(known: Values, values: Values) -> Values:
    """The union; tuples of one length (as `*args` makes them) become one tuple, or they would multiply."""
    union = known | values
    tuples = [value for value in union if isinstance(value, Tuple)]
    if len(tuples) < 3:
        return union
    by_length: dict[int, list[Values]] = {}
    for value in tuples:
        items = by_length.setdefault(len(value.items), [NOTHING] * len(value.items))
        for index, item in enumerate(value.items):
            items[index] |= item
    return frozenset(value for value in union if not isinstance(value, Tuple)) | frozenset(
        Tuple(tuple(items)) for items in by_length.values()
    )
