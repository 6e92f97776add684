"""What the statements of a frame do to its names."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from guidelines.lint.model import binding, classes, decorators, expressions, hints, importing
from guidelines.lint.model.engine import Engine
from guidelines.lint.model.evaluation import evaluate
from guidelines.lint.model.flow import enter, is_unordered, iterated
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.run import Run
from guidelines.lint.model.values import NOTHING, Collection, Elements, Values


def run(engine: Engine, frame: Frame) -> None:
    """Evaluates the body of a frame once."""
    current = Run(engine, frame, {})
    for name, values in frame.parameters.items():
        current.assign(name, values)
    if isinstance(frame.function.node, ast.Lambda):
        engine.add(frame.returned, evaluate(current, frame.function.node.body))
    else:
        block(current, frame.function.body)


def block(run: Run, body: Sequence[ast.stmt]) -> bool:
    """Runs statements in order; true when control never reaches their end."""
    for statement in body:
        executor = EXECUTORS.get(type(statement))
        if executor is not None and executor(run, statement):
            return True
    return False


def _merge(run: Run, branches: list[dict[str, Values]]) -> None:
    merged: dict[str, Values] = {}
    for names in branches:
        for name, values in names.items():
            merged[name] = merged[name] | values if name in merged else values
    run.names = merged


def _branches(run: Run, bodies: Sequence[Sequence[ast.stmt]]) -> bool:
    before = run.names
    ends = []
    for body in bodies:
        run.names = dict(before)
        if not block(run, body):
            ends.append(run.names)
    _merge(run, ends or [before])
    return not ends


def _if(run: Run, node: ast.If) -> bool:
    evaluate(run, node.test)
    return _branches(run, [node.body, node.orelse])


def _loop(run: Run, body: Sequence[ast.stmt], orelse: Sequence[ast.stmt], start: Callable[[], object]) -> bool:
    for _ in range(2):  # the second time with what the first has assigned
        before = dict(run.names)
        start()
        block(run, body)
        _merge(run, [before, run.names])
        if all(run.names[name] == values for name, values in before.items()):
            break
    block(run, orelse)
    return False


def _for(run: Run, node: ast.For | ast.AsyncFor) -> bool:
    values = evaluate(run, node.iter)
    unordered = is_unordered(run.engine, values)
    run.unordered += unordered
    ended = _loop(run, node.body, node.orelse, lambda: binding.bind(run, node.target, iterated(run, values)))
    run.unordered -= unordered
    return ended


def _while(run: Run, node: ast.While) -> bool:
    _loop(run, node.body, node.orelse, lambda: evaluate(run, node.test))
    endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
    return endless and not any(isinstance(inner, ast.Break) for inner in ast.walk(node))


def _try(run: Run, node: ast.Try | ast.TryStar) -> bool:
    before = dict(run.names)
    ended = block(run, node.body)
    after = run.names
    ends = []
    if not ended and not block(run, node.orelse):
        ends.append(run.names)
    for handler in node.handlers:
        _merge(run, [before, after])
        if handler.type is not None:
            evaluate(run, handler.type)
        if not block(run, handler.body):
            ends.append(run.names)
    _merge(run, ends or [before, after])
    return block(run, node.finalbody) or not ends


def _with(run: Run, node: ast.With | ast.AsyncWith) -> bool:
    for item in node.items:
        values = evaluate(run, item.context_expr)
        entered = enter(run, item.context_expr, values)
        if item.optional_vars is not None:
            binding.bind(run, item.optional_vars, entered)
    return block(run, node.body)


def _assign(run: Run, node: ast.Assign) -> bool:
    values = evaluate(run, node.value)
    for target in node.targets:
        binding.bind(run, target, values)
    return False


def _annotated(run: Run, node: ast.AnnAssign) -> bool:
    values = evaluate(run, node.value) if node.value is not None else NOTHING
    if node.value is not None or not isinstance(run.frame.function.node, ast.ClassDef):
        declared = hints.values_of(run, run.frame, node.annotation) if not values else NOTHING
        if node.value is not None or declared:
            binding.bind(run, node.target, values | declared)
    return False


def _augmented(run: Run, node: ast.AugAssign) -> bool:
    values = evaluate(run, node.value)
    if isinstance(node.target, ast.Name):
        known = run.lookup(node.target.id)
        if isinstance(node.op, ast.Add):
            for value in known:
                if isinstance(value, Collection):
                    run.engine.add(run.engine.cell("contents", value.site), iterated(run, values))
        run.assign(node.target.id, known | frozenset(v for v in values if isinstance(v, Collection | Elements)))
    else:
        binding.bind(run, node.target, values)
    return False


def _return(run: Run, node: ast.Return) -> bool:
    if node.value is not None:
        run.engine.add(run.frame.returned, evaluate(run, node.value))
    return True


def _expression(run: Run, node: ast.Expr) -> bool:
    evaluate(run, node.value)
    match node.value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="sort")) if name in run.names:
            run.names[name] = frozenset(
                Collection(value.kind, value.site, ordered=True) if isinstance(value, Collection) else value
                for value in run.names[name]
            )
    return False


def _raise(run: Run, node: ast.Raise) -> bool:
    for part in (node.exc, node.cause):
        if part is not None:
            evaluate(run, part)
    return True


def _assert(run: Run, node: ast.Assert) -> bool:
    evaluate(run, node.test)
    if node.msg is not None:
        evaluate(run, node.msg)
    return False


def _match(run: Run, node: ast.Match) -> bool:
    subject = evaluate(run, node.subject)
    before = run.names
    ends = []
    exhaustive = False
    for case in node.cases:
        run.names = dict(before)
        binding.match(run, case.pattern, subject)
        if case.guard is not None:
            evaluate(run, case.guard)
        elif isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None:
            exhaustive = True
        if not block(run, case.body):
            ends.append(run.names)
    if not exhaustive:
        ends.append(before)
    _merge(run, ends or [before])
    return not ends


def _function(run: Run, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    run.assign(node.name, decorators.decorated(run, node, expressions.make_function(run, node)))
    return False


def _class(run: Run, node: ast.ClassDef) -> bool:
    run.assign(node.name, classes.define(run, node))
    return False


def _leave(run: Run, node: ast.stmt) -> bool:
    return True


EXECUTORS: dict[type[ast.stmt], Callable[[Run, Any], bool]] = {
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Return: _return,
    ast.Expr: _expression,
    ast.Raise: _raise,
    ast.Assert: _assert,
    ast.Match: _match,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Import: importing.plain,
    ast.ImportFrom: importing.named,
    ast.Break: _leave,
    ast.Continue: _leave,
}
