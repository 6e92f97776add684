"""Builtins that make collections, or go through them: what they give, and whether in a known order."""

from __future__ import annotations

import ast

from guidelines.lint.model import calls
from guidelines.lint.model.arguments import Arguments
from guidelines.lint.model.flow import collection, contents, is_unordered, iterated
from guidelines.lint.model.run import Run
from guidelines.lint.model.values import (
    NOTHING,
    Elements,
    External,
    Tuple,
    Values,
)


def iterable(run: Run, node: ast.AST, given: Arguments) -> Values:
    values = given.all()
    return collection(run, "list", node, iterated(run, values), unordered=is_unordered(run.engine, values))


def enumerated(run: Run, node: ast.AST, given: Arguments) -> Values:
    values = given.get(0, "iterable")
    pair = Tuple((NOTHING, iterated(run, values)))
    return frozenset({Elements(frozenset({pair}), is_unordered(run.engine, values))})


def zipped(run: Run, node: ast.AST, given: Arguments) -> Values:
    row = Tuple(tuple(iterated(run, values) for values in given.positional))
    return frozenset({Elements(frozenset({row}), is_unordered(run.engine, given.all()))})


def sorted_(run: Run, node: ast.AST, given: Arguments) -> Values:
    for key in given.named.get("key", NOTHING):
        calls.call_value(run, node, key, Arguments([iterated(run, given.get(0, ""))]))
    return collection(run, "list", node, iterated(run, given.get(0, "")))


def set_(run: Run, node: ast.AST, given: Arguments) -> Values:
    numbers = isinstance(node, ast.Call) and any(
        isinstance(item, ast.Call) and isinstance(item.func, ast.Name) and item.func.id == "range" for item in node.args
    )
    return collection(run, "set", node, iterated(run, given.all()), unordered=not numbers)


def dict_(run: Run, node: ast.AST, given: Arguments) -> Values:
    values = NOTHING.union(*given.named.values()) | contents(run, given.get(0, ""))
    for pair in iterated(run, given.get(0, "")):
        if isinstance(pair, Tuple) and len(pair.items) == 2:
            values |= pair.items[1]
    return collection(run, "dict", node, values, unordered=is_unordered(run.engine, given.get(0, "")))


def fromkeys(run: Run, node: ast.AST, given: Arguments) -> Values:
    keys = given.get(0, "")
    return collection(run, "dict", node, given.get(1, "value"), unordered=is_unordered(run.engine, keys))


def defaultdict(run: Run, node: ast.AST, given: Arguments) -> Values:
    made: Values = NOTHING
    for factory in given.get(0, "default_factory"):
        kind = factory.path.removeprefix("builtins.") if isinstance(factory, External) else ""
        if kind in ("list", "dict", "set") and isinstance(node, ast.Call) and node.args:
            made |= collection(run, kind, node.args[0], NOTHING, unordered=kind == "set")
        else:
            made |= calls.call_value(run, node, factory, Arguments())
    return collection(run, "dict", node, made)


def mapped(run: Run, node: ast.AST, given: Arguments) -> Values:
    rows = [iterated(run, values) for values in given.positional[1:]]
    found: Values = NOTHING
    for callee in given.get(0, "func"):
        found |= calls.call_value(run, node, callee, Arguments(rows))
    unordered = any(is_unordered(run.engine, values) for values in given.positional[1:])
    return collection(run, "list", node, found, unordered=unordered)


def filtered(run: Run, node: ast.AST, given: Arguments) -> Values:
    values = given.get(1, "iterable")
    for callee in given.get(0, "function"):
        calls.call_value(run, node, callee, Arguments([iterated(run, values)]))
    return collection(run, "list", node, iterated(run, values), unordered=is_unordered(run.engine, values))


def one(run: Run, node: ast.AST, given: Arguments) -> Values:
    for key in given.named.get("key", NOTHING):
        calls.call_value(run, node, key, Arguments([iterated(run, given.get(0, ""))]))
    return iterated(run, given.all())


def same(run: Run, node: ast.AST, given: Arguments) -> Values:
    return given.get(0, "")


KEEPING_ORDER: set[str] = {
    "builtins.list",
    "builtins.tuple",
    "builtins.reversed",
    "collections.deque",
    "itertools.chain",
    "itertools.chain.from_iterable",
    "itertools.islice",
    "itertools.cycle",
    "copy.copy()",
}
"""Functions that give the elements of what they are given, in its order."""
