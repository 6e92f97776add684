"""Decorated functions."""

from __future__ import annotations

import ast
from dataclasses import replace

from guidelines.lint.model import calls
from guidelines.lint.model.arguments import Arguments
from guidelines.lint.model.evaluation import evaluate
from guidelines.lint.model.run import Run
from guidelines.lint.model.values import NOTHING, Bound, External, Func, Value, Values, Yielded

STATIC = {
    "builtins.staticmethod": "staticmethod",
    "builtins.classmethod": "classmethod",
    "builtins.property": "property",
    "functools.cached_property": "property",
    "abc.abstractproperty": "property",
}
ACCESSORS = ("setter", "deleter", "getter")


def decorated(run: Run, node: ast.FunctionDef | ast.AsyncFunctionDef, func: Func) -> Values:
    """What the name of the function is bound to. An unknown decorator is taken to return what it decorates."""
    if any(isinstance(item, ast.Attribute) and item.attr in ACCESSORS for item in node.decorator_list):
        return run.names.get(node.name, NOTHING)
    current: Values = frozenset({func})
    for decorator in reversed(node.decorator_list):
        values = evaluate(run, decorator)
        names = run.engine.decorators.setdefault(func.function, set())
        names.update(value.path for value in values if isinstance(value, External))
        returned: Values = NOTHING
        for value in values:
            returned |= _apply(run, decorator, value, current)
        current = returned or current
    return current


def _apply(run: Run, node: ast.expr, decorator: Value, current: Values) -> Values:
    if isinstance(decorator, External):
        if decorator.path in STATIC:
            kind = STATIC[decorator.path]
            return frozenset(replace(item, static=kind) if isinstance(item, Func) else item for item in current)
        if decorator.path == "restate.contextvar":
            return frozenset(Yielded(item) for item in current)
        return current
    if isinstance(decorator, Bound) and isinstance(decorator.callee, External):
        calls.call_value(run, node, decorator, Arguments([current]))
        return current
    return calls.call_value(run, node, decorator, Arguments([current]))
