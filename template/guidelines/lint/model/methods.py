"""Methods of collections, promises and context variables."""

from __future__ import annotations

import ast
from dataclasses import replace

from guidelines.lint.model.arguments import Arguments
from guidelines.lint.model.flow import collection, contents, fill, iterated
from guidelines.lint.model.frame import Mode
from guidelines.lint.model.run import Run
from guidelines.lint.model.values import (
    NOTHING,
    Class,
    Collection,
    Elements,
    Func,
    Future,
    Instance,
    Named,
    Promise,
    Tuple,
    Value,
    Values,
    Variable,
)


def call_method(run: Run, node: ast.AST, path: str, receiver: Value, given: Arguments) -> Values:
    """Calls a method of a collection, a future, a promise or a context variable."""
    kind, _, name = path.partition(".")
    if isinstance(receiver, Collection):
        return _collection_method(run, node, receiver, name, given)
    if isinstance(receiver, Variable):
        cell = run.engine.cell("contents", receiver.site)
        if name == "set":
            run.engine.add(cell, given.get(0, "value"))
            return NOTHING
        return run.engine.read(cell) | given.get(0, "default") if name == "get" else NOTHING
    if isinstance(receiver, Promise):
        return frozenset({Future("promise", receiver.site)}) if name == "value" else NOTHING
    if kind == "singledispatch":
        return _register_overload(run, receiver, given)
    if isinstance(receiver, Class) and name == "__subclasses__":
        found = frozenset(Class(definition) for definition in receiver.definition.descendants())
        return frozenset({Elements(found)})
    if isinstance(receiver, Named):
        return NOTHING.union(*(values for _, values in receiver.items))
    if isinstance(receiver, Elements | Tuple) and name in ("pop", "get", "popleft", "popitem"):
        return iterated(run, frozenset({receiver}))
    return NOTHING


def _register_overload(run: Run, receiver: Value, given: Arguments) -> Values:
    if isinstance(receiver, Func):
        for value in given.all():
            if isinstance(value, Func):
                run.engine.overloads.setdefault(receiver.function, set()).add(value)
    return given.all()


GROWING = {"append", "add", "appendleft", "insert", "setdefault", "put", "put_nowait"}


GROWING_BY_ALL = {"extend", "update", "extendleft"}


SET_ALGEBRA = {"union", "intersection", "difference", "symmetric_difference"}


def _collection_method(run: Run, node: ast.AST, receiver: Collection, name: str, given: Arguments) -> Values:
    cell = run.engine.cell("contents", receiver.site)
    if name in GROWING:
        fill(run, receiver, given.all())
    elif name in GROWING_BY_ALL:
        fill(run, receiver, iterated(run, given.all()) | contents(run, given.all()))
    if name == "copy":
        return copied(run, node, frozenset({receiver}))
    if name in SET_ALGEBRA:
        return frozenset({receiver})
    if name == "values":
        return frozenset({Elements(run.engine.read(cell), receiver.unordered)})
    if name == "items":
        return frozenset({Elements(frozenset({Tuple((NOTHING, run.engine.read(cell)))}), receiver.unordered)})
    if name == "keys":
        return frozenset({Elements(NOTHING, receiver.unordered)})
    if name in ("pop", "popleft", "get", "setdefault", "popitem", "get_nowait"):
        return run.engine.read(cell)
    return NOTHING


def copied(run: Run, node: ast.AST, values: Values) -> Values:
    """Collections of their own, with the same contents."""
    found: Values = NOTHING
    for value in values:
        if isinstance(value, Collection):
            elements = run.engine.read(run.engine.cell("contents", value.site))
            found |= collection(run, value.kind, node, elements, unordered=value.unordered)
        elif isinstance(value, Instance):
            found |= {replace(value, durable=run.frame.mode is Mode.DURABLE)}
        else:
            found |= {value}
    return found
