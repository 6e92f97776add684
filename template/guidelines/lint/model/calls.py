"""Calling a value: which function runs with what, and what comes back."""

from __future__ import annotations

import ast
from dataclasses import replace

from guidelines.lint.model import arguments, attributes, classes, externals, hints, methods, operations, registering
from guidelines.lint.model.arguments import Arguments
from guidelines.lint.model.definitions import Function
from guidelines.lint.model.evaluation import evaluate
from guidelines.lint.model.frame import Frame, Mode
from guidelines.lint.model.run import Run
from guidelines.lint.model.values import (
    NOTHING,
    Bound,
    Class,
    Coroutine,
    External,
    Func,
    Generator,
    Instance,
    Operation,
    Partial,
    Registrar,
    Registration,
    Super,
    Value,
    Values,
    Yielded,
)


def call_node(run: Run, node: ast.Call) -> Values:
    callees = evaluate(run, node.func)
    given = arguments.of_node(run, node)
    if External("builtins.super") in callees:
        return _super(run, given)
    found: Values = NOTHING
    for callee in callees:
        found |= call_value(run, node, callee, given)
    return found


def _super(run: Run, given: Arguments) -> Values:
    function: Function | None = run.frame.function
    frame: Frame | None = run.frame
    while function is not None and frame is not None:
        if function.owner is not None and function.parameters:
            receivers = frame.parameters.get(function.parameters[0].arg, NOTHING)
            return frozenset(Super(function.owner, receiver) for receiver in receivers)
        function, frame = function.parent, frame.closure
    return NOTHING


def call_value(run: Run, node: ast.AST, callee: Value, given: Arguments, mode: Mode | None = None) -> Values:
    """Calls one value, in the mode of the caller unless another is given."""
    match callee:
        case Func():
            return call_function(run, node, callee, given, mode)
        case Bound(callee=inner, receiver=receiver):
            if isinstance(receiver, Class) and classes.is_settings(receiver.definition) and isinstance(inner, Func):
                run.frame.externals.setdefault(node, set()).add("pydantic_settings.BaseSettings()")
                if (mode or run.frame.mode) is not Mode.OUTSIDE:
                    return frozenset({Instance(receiver.definition)})
            if isinstance(inner, External):
                return methods.call_method(run, node, inner.path, receiver, given)
            return call_value(
                run, node, inner, replace(given, positional=[frozenset({receiver}), *given.positional]), mode
            )
        case Class():
            return classes.construct(run, node, callee.definition, given, mode)
        case Instance():
            return attributes_call(run, node, callee, given, mode)
        case Partial(callee=inner, positional=positional, named=named):
            merged = replace(given, positional=[*positional, *given.positional], named={**dict(named), **given.named})
            return call_value(run, node, inner, merged, mode)
        case Operation():
            return operations.call(run, node, callee, given)
        case Registration():
            return registering.registrar(run, node, callee, given)
        case Registrar():
            return registering.register(run, node, callee, given)
        case Yielded(callee=inner):
            return call_value(run, node, inner, given, mode)
        case External(path=path):
            return externals.call(run, node, path, given, mode)
    return NOTHING


def attributes_call(run: Run, node: ast.AST, callee: Instance, given: Arguments, mode: Mode | None) -> Values:
    found: Values = NOTHING
    for method in attributes.get(run, node, callee, "__call__"):
        if isinstance(method, Bound):
            found |= call_value(run, node, method, given, mode)
    return found


def _declare(run: Run, func: Func, frame: Frame) -> None:
    """What a function returns by its annotation, where its code does not tell: `random.choice(list(cls))`."""
    declared = func.function.returns
    if declared is None or any(not isinstance(value, External) for value in frame.returned.values):
        return
    found = hints.values_of(run, func.frame, declared)
    run.engine.add(frame.returned, frozenset(value for value in found if isinstance(value, Instance)))


def call_function(run: Run, node: ast.AST, func: Func, given: Arguments, mode: Mode | None = None) -> Values:
    """Runs a function of the project; an async one gives a coroutine, a generator function a generator."""
    function = func.function
    frame = run.engine.enter(run.frame, node, func, mode or run.frame.mode, arguments.bound(run, func, given, mode))
    _declare(run, func, frame)
    for other in run.engine.overloads.get(function, ()):
        call_function(run, node, other, given, mode)
    if function.is_generator:
        return frozenset({Generator(frame)})
    if function.is_async:
        return frozenset({Coroutine(frame)})
    return run.engine.read(frame.returned)
