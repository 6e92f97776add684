"""Making services, and handlers of functions."""

from __future__ import annotations

import ast

from guidelines.lint.model import sdk
from guidelines.lint.model.arguments import Arguments
from guidelines.lint.model.definitions import ClassDefinition
from guidelines.lint.model.run import Run
from guidelines.lint.model.services import Handler, Service, written
from guidelines.lint.model.values import (
    CALLABLE,
    Instance,
    Registrar,
    Registration,
    ServiceObject,
    Text,
    Values,
)

LOOPS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def service(run: Run, node: ast.AST, path: str, given: Arguments, definition: ClassDefinition | None = None) -> Values:
    """`restate.Service("Name")`, or the project's own subclass of it."""
    value = ServiceObject((node, run.frame))
    if value not in run.engine.services:
        name = _text(given.get(0, "name")) or (definition.name if definition else "service")
        kind = sdk.SERVICES[f"restate.{path.rpartition('.')[2]}"]
        foreign = path not in sdk.SERVICES
        run.engine.services[value] = Service(name, kind, definition, node, run.frame, foreign, _is_repeated(run, node))
    made = run.engine.services[value]
    made.many = made.many or sum(isinstance(item, Text) for item in given.get(0, "name")) > 1
    return frozenset({value})


def _is_repeated(run: Run, node: ast.AST) -> bool:
    """Whether it is made in a loop."""
    loops = run.frame.function.own(*LOOPS)
    return any(inner is node for loop in loops for inner in ast.walk(loop))


def registrar(run: Run, node: ast.AST, registration: Registration, given: Arguments) -> Values:
    """`service.handler(...)`; also `@service.handler` with the call forgotten."""
    kind = _text(given.get(99, "kind"))
    name = _text(given.get(0, "name"))
    made = Registrar(registration.service, registration.method, name, kind)
    if any(isinstance(value, CALLABLE) for value in given.get(0, "")):
        return register(run, node, made, given)
    return frozenset({made})


def register(run: Run, node: ast.AST, made: Registrar, given: Arguments) -> Values:
    """Makes handlers of the callables given; returns them, as the SDK does."""
    functions = given.get(0, "fn")
    found = run.engine.services.get(made.service)
    if found is None:
        return functions
    for value in functions:
        if not isinstance(value, (*CALLABLE, Instance)) or (made.service, value) in run.engine.handlers:
            continue
        function = written(value)
        mode = ""
        if found.kind == "object":
            mode = made.kind or "exclusive"
        elif found.kind == "workflow":
            mode = "main" if made.method == "main" else "shared"
        name = made.name or (function.name if function else "handler")
        handler = Handler(found, name, mode, value, function, node)
        found.handlers.append(handler)
        run.engine.handlers[made.service, value] = handler
    return functions


def _text(values: Values) -> str | None:
    return next((value.text for value in sorted(values, key=repr) if isinstance(value, Text)), None)
