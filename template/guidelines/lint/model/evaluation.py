"""Evaluating an expression of any kind; `expressions` knows the kinds."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from guidelines.lint.model.engine import MOST_VALUES, bounded
from guidelines.lint.model.run import Run
from guidelines.lint.model.values import NOTHING, Values

EVALUATORS: dict[type[ast.expr], Callable[[Run, Any], Values]] = {}


def evaluate(run: Run, node: ast.expr) -> Values:
    """The values of an expression; rules read them later from `frame.seen`."""
    run.engine.work += 1
    evaluator = EVALUATORS.get(type(node))
    values = evaluator(run, node) if evaluator else _parts(run, node)
    if len(values) > MOST_VALUES:
        values = bounded(values)
    if values:
        seen = run.frame.seen
        known = seen.get(node)
        seen[node] = values if known is None or known is values else known | values
    return values


def _parts(run: Run, node: ast.AST) -> Values:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            evaluate(run, child)
        elif not isinstance(child, ast.expr_context | ast.operator | ast.cmpop | ast.unaryop | ast.boolop):
            _parts(run, child)
    return NOTHING
