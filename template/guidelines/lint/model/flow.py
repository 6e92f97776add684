"""What comes out of values: by awaiting them, iterating over them, subscripting them, entering them."""

from __future__ import annotations

import ast

from guidelines.lint.model import attributes
from guidelines.lint.model.engine import Engine
from guidelines.lint.model.run import Run
from guidelines.lint.model.values import (
    NOTHING,
    Collection,
    Coroutine,
    Elements,
    Future,
    Generator,
    Instance,
    Promise,
    Tuple,
    Values,
)


def awaited(run: Run, values: Values) -> Values:
    found: Values = NOTHING
    for value in values:
        if isinstance(value, Coroutine):
            found |= run.engine.read(value.frame.returned)
        elif isinstance(value, Future | Promise):
            found |= run.engine.read(run.engine.cell("result", value.site))
        else:
            found |= {value}
    return found


def shallow(values: Values, depth: int = 3) -> Values:
    """Without tuples in tuples in tuples, which a loop could nest for ever."""
    if depth == 0:
        return frozenset(value for value in values if not isinstance(value, Tuple | Elements))
    return frozenset(
        Tuple(tuple(shallow(item, depth - 1) for item in value.items)) if isinstance(value, Tuple) else value
        for value in values
    )


def collection(run: Run, kind: str, node: ast.AST, elements: Values, *, unordered: bool = False) -> Values:
    site = (node, run.frame)
    run.engine.add(run.engine.cell("contents", site), shallow(elements))
    return frozenset({Collection(kind, site, unordered)})


def contents(run: Run, values: Values) -> Values:
    """What a subscript of a collection may give."""
    found: Values = NOTHING
    for value in values:
        if isinstance(value, Collection):
            found |= run.engine.read(run.engine.cell("contents", value.site))
        elif isinstance(value, Elements):
            found |= value.values
    return found


def iterated(run: Run, values: Values) -> Values:
    """What a loop over these values gives."""
    found: Values = NOTHING
    for value in values:
        if isinstance(value, Tuple):
            found |= frozenset(item for items in value.items for item in items)
        elif isinstance(value, Collection) and value.kind != "dict":
            found |= run.engine.read(run.engine.cell("contents", value.site))
        elif isinstance(value, Elements):
            found |= value.values
        elif isinstance(value, Generator):
            found |= run.engine.read(value.frame.yielded)
        elif isinstance(value, Instance):
            for method in ("__iter__", "__aiter__"):
                inner = attributes.call_method(run, run.frame.function.node, value, method, [])
                found |= iterated(run, frozenset(item for item in inner if item != value))
            for method in ("__next__", "__anext__"):
                found |= awaited(run, attributes.call_method(run, run.frame.function.node, value, method, []))
    return found


def is_unordered(engine: Engine, values: Values) -> bool:
    """Whether iterating over one of these gives another order in another process."""
    for value in values:
        if isinstance(value, Elements) and value.unordered:
            return True
        if isinstance(value, Collection) and not value.ordered and (value.unordered or value.site in engine.disordered):
            return True
    return False


def fill(run: Run, owner: Collection, values: Values) -> None:
    """Adds to a collection."""
    run.engine.add(run.engine.cell("contents", owner.site), values)
    if run.unordered:
        run.engine.disordered.add(owner.site)


def enter(run: Run, node: ast.AST, values: Values) -> Values:
    """What `with … as` gives; entering and leaving run the manager's own code."""
    found: Values = NOTHING
    for value in values:
        if isinstance(value, Generator):
            found |= run.engine.read(value.frame.yielded)
        elif isinstance(value, Instance):
            for name in ("__enter__", "__aenter__"):
                found |= awaited(run, attributes.call_method(run, node, value, name, []))
            for name in ("__exit__", "__aexit__"):
                attributes.call_method(run, node, value, name, [NOTHING, NOTHING, NOTHING])
        else:
            found |= {value}
    return found
