"""Calling things outside the project: what of the standard library and the SDK the model understands."""

from __future__ import annotations

import ast
import sys

from guidelines.lint.model import attributes, calls, library, registering, sdk
from guidelines.lint.model.arguments import Arguments
from guidelines.lint.model.flow import awaited, collection, iterated
from guidelines.lint.model.frame import Mode
from guidelines.lint.model.run import Run
from guidelines.lint.model.values import (
    CALLABLE,
    NOTHING,
    Context,
    External,
    Func,
    Operation,
    Registrar,
    Registration,
    ServiceObject,
    Text,
    Tuple,
    Values,
)


def call(run: Run, node: ast.AST, path: str, given: Arguments, mode: Mode | None = None) -> Values:
    """Calls an external function or class."""
    same_mode = mode is None or mode is run.frame.mode
    if same_mode and not (isinstance(node, ast.Call) and External(path) in run.frame.of(node.func)):
        run.frame.externals.setdefault(node, set()).add(path)
    if path in sdk.SERVICES or _is_foreign_service(path, given):
        return registering.service(run, node, path, given)
    for tool in iterated(run, given.named.get("tools", NOTHING)):
        if isinstance(tool, Func):
            run.engine.tools.add(tool)
    if path in sdk.CONTEXTS:
        return frozenset({Context()})
    if path.startswith("restate."):
        return _restate(run, node, path, given)
    builtin = library.BUILTINS.get(path)
    if builtin is not None:
        return builtin(run, node, given)
    _call_back(run, node, path, given, mode)
    if path.startswith("builtins."):
        return NOTHING
    return frozenset({External(attributes.extended(path, "()"))})


def _is_foreign_service(path: str, given: Arguments) -> bool:
    """`Service("Name")` of a package that is not checked, but seems to be made on Restate."""
    known = f"restate.{path.rpartition('.')[2]}" in sdk.SERVICES and not path.startswith("restate.")
    return known and any(isinstance(value, Text) for value in given.get(0, "name"))


def _restate(run: Run, node: ast.AST, path: str, given: Arguments) -> Values:
    name = path.removeprefix("restate.")
    if name in sdk.CURRENT_CONTEXT:
        return frozenset({Context()})
    if path in ("restate.gather", "restate.wait_completed", "restate.as_completed"):
        futures = collection(run, "list", node, given.all())
        return frozenset({Tuple((futures, futures))}) if name == "wait_completed" else futures
    if path == "restate.select":
        return frozenset({Tuple((NOTHING, awaited(run, given.all())))})
    for service in sdk.SERVICES:
        if path in (f"{service}.handler", f"{service}.main"):
            found = [value for value in given.get(0, "self") if isinstance(value, ServiceObject)]
            return NOTHING.union(
                *(
                    registering.registrar(run, node, Registration(value, path.rpartition(".")[2]), given.without(1))
                    for value in found
                )
            )
    if path == "restate.contextvar":
        return given.get(0, "func")
    return frozenset({External(attributes.extended(path, "()"))})


def _call_back(run: Run, node: ast.AST, path: str, given: Arguments, mode: Mode | None) -> None:
    """The standard library calls the functions it is given; of other packages nobody knows."""
    everything = given.all()
    operations = [value for value in everything if isinstance(value, Operation)]
    for operation in operations:
        first = next((index for index, values in enumerate(given.positional) if operation in values), None)
        if first is not None:
            calls.call_value(run, node, operation, given.without(first + 1))
    if operations or path.split(".")[0] not in CALLING or any(isinstance(value, Context) for value in everything):
        return
    handlers = {value for _, value in run.engine.handlers}
    for value in everything:
        if isinstance(value, CALLABLE) and not isinstance(value, Registrar | Registration) and value not in handlers:
            calls.call_value(run, node, value, Arguments(), mode)


NOT_CALLING = {
    "atexit",
    "dataclasses",
    "inspect",
    "logging",
    "signal",
    "types",
    "typing",
    "unittest",
    "warnings",
    "weakref",
}
CALLING = (sys.stdlib_module_names - NOT_CALLING) | {
    "builtins",
    "anyio",
    "trio",
}
