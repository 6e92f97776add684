"""Calling an operation of a context, such as `ctx.run_typed`."""

from __future__ import annotations

import ast
from dataclasses import replace

from guidelines.lint.model import calls, hints, sdk
from guidelines.lint.model.arguments import Arguments
from guidelines.lint.model.frame import Mode
from guidelines.lint.model.run import Run
from guidelines.lint.model.values import (
    NOTHING,
    Class,
    Collection,
    Context,
    Coroutine,
    External,
    Future,
    Instance,
    Operation,
    OwnKey,
    Promise,
    Tuple,
    TypeForm,
    Value,
    Values,
)


def call(run: Run, node: ast.AST, operation: Operation, given: Arguments) -> Values:
    """The future, promise or value that an operation returns. Steps run in a mode of their own."""
    name = operation.name
    site = (node, run.frame)
    if name in ("run", "run_typed"):
        return frozenset({step(run, node, name, given)})
    if name in sdk.FUTURES:
        result = _hinted(run, given)
        if name == "state_keys":
            result = NOTHING
        run.engine.add(run.engine.cell("result", site), result)
        return frozenset({Future(sdk.FUTURES[name], site)})
    if name in sdk.SENDS:
        return frozenset({External("restate.SendHandle()")})
    if name == "awakeable":
        run.engine.add(run.engine.cell("result", site), _hinted(run, given))
        return frozenset({Tuple((NOTHING, frozenset({Future("awakeable", site)})))})
    if name == "promise":
        run.engine.add(run.engine.cell("result", site), _hinted(run, given))
        return frozenset({Promise(site)})
    if name == "key":
        return frozenset({OwnKey()})
    if name == "scope":
        return frozenset({Context(operation.checked)})
    if name in ("random", "request", "uuid"):
        return frozenset({External(f"restate.Context().{name}()")})
    return NOTHING


def step(run: Run, node: ast.AST, name: str, given: Arguments) -> Future:
    """Runs the action in step mode, with the arguments that are meant for it."""
    site = (node, run.frame)
    action = given.get(1, "action")
    if name == "run_typed":
        passed = given.without(3, "name", "action", "options")
    else:
        passed = Arguments()
        for value in given.get(6, "args"):
            if isinstance(value, Tuple):
                passed.positional.extend(value.items)
    for callee in action:
        returned = calls.call_value(run, node, callee, passed, Mode.STEP)
        for value in returned:
            if isinstance(value, Coroutine):
                returned |= run.engine.read(value.frame.returned)
        run.engine.add(run.engine.cell("result", site), frozenset(map(_journaled, returned)))
    return Future("run", site)


def _journaled(value: Value) -> Value:
    """A list from the journal has one order, however it came about."""
    if isinstance(value, Collection) and value.kind != "set":
        return replace(value, unordered=False, ordered=True)
    return value


def _hinted(run: Run, given: Arguments) -> Values:
    found: Values = NOTHING
    for value in given.get(2, "type_hint"):
        if isinstance(value, Class):
            found |= {Instance(value.definition, None, exact=False)}
        elif isinstance(value, TypeForm):
            found |= hints.values_of(run, value.frame, value.node)
        elif isinstance(value, External):
            found |= hints.instance_of(value.path)
    return found
