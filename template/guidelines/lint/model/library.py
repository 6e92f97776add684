"""Functions of the standard library, and a few others, that the model understands."""

from __future__ import annotations

import ast
from collections.abc import Callable

from guidelines.lint.model import attributes, calls, classes, iterables, methods, sdk
from guidelines.lint.model.arguments import Arguments
from guidelines.lint.model.flow import enter
from guidelines.lint.model.run import Run
from guidelines.lint.model.values import (
    NOTHING,
    Class,
    Collection,
    Context,
    External,
    Instance,
    OwnKey,
    Partial,
    Text,
    Values,
    Variable,
)

Builtin = Callable[[Run, ast.AST, "Arguments"], Values]


def _partial(run: Run, node: ast.AST, given: Arguments) -> Values:
    rest = given.without(1)
    return frozenset(
        Partial(callee, tuple(rest.positional), tuple(rest.named.items())) for callee in given.get(0, "func")
    )


def _getattr(run: Run, node: ast.AST, given: Arguments) -> Values:
    found = given.get(2, "default")
    for name in given.get(1, "name"):
        if isinstance(name, Text):
            for owner in given.get(0, "object"):
                found |= attributes.get(run, node, owner, name.text)
    return found


def _setattr(run: Run, node: ast.AST, given: Arguments) -> Values:
    for name in given.get(1, "name"):
        if isinstance(name, Text):
            for owner in given.get(0, "object"):
                attributes.put(run, owner, name.text, given.get(2, "value"))
    return NOTHING


def _cast(run: Run, node: ast.AST, given: Arguments) -> Values:
    if given.get(1, "val"):
        return given.get(1, "val")
    found: Values = NOTHING
    for tp in given.get(0, "typ"):
        if isinstance(tp, Class):
            found |= {Instance(tp.definition, None, exact=False)}
        elif isinstance(tp, External) and tp.path in sdk.CONTEXTS:
            found |= {Context()}
    return found


def _same(run: Run, node: ast.AST, given: Arguments) -> Values:
    return given.get(0, "")


def _copied(run: Run, node: ast.AST, given: Arguments) -> Values:
    return methods.copied(run, node, given.get(0, "x"))


def _replaced(run: Run, node: ast.AST, given: Arguments) -> Values:
    for owner in given.get(0, "obj"):
        for name, values in given.named.items():
            attributes.put(run, owner, name, values)
    return given.get(0, "obj")


def _variable(run: Run, node: ast.AST, given: Arguments) -> Values:
    site = (node, run.frame)
    run.engine.add(run.engine.cell("contents", site), given.named.get("default", NOTHING))
    return frozenset({Variable(site)})


def _stack_enter(run: Run, node: ast.AST, given: Arguments) -> Values:
    return enter(run, node, given.get(0, "cm"))


def _on_leaving(run: Run, node: ast.AST, given: Arguments) -> Values:
    """A callback of an exit stack, with the arguments that follow it."""
    for callee in given.get(0, "callback"):
        calls.call_value(run, node, callee, given.without(1, "callback"))
    return given.get(0, "callback")


def _exit_later(run: Run, node: ast.AST, given: Arguments) -> Values:
    """An object whose exit an exit stack calls."""
    for value in given.get(0, "exit"):
        if isinstance(value, Instance):
            for method in ("__exit__", "__aexit__"):
                attributes.call_method(run, node, value, method, [NOTHING, NOTHING, NOTHING])
        else:
            calls.call_value(run, node, value, Arguments([NOTHING, NOTHING, NOTHING]))
    return given.get(0, "exit")


def _field(run: Run, node: ast.AST, given: Arguments) -> Values:
    if isinstance(node, ast.Call):
        classes.default_factory(run, node, given.named.get("default_factory", NOTHING))
    return given.named.get("default", NOTHING)


def _namespace(run: Run, node: ast.AST, given: Arguments) -> Values:
    """An object with the attributes that it is given; of positional ones the names are not known."""
    space = Collection("namespace", (node, run.frame))
    for name, values in [*given.named.items(), *(("*", values) for values in given.positional)]:
        attributes.put(run, space, name, values)
    return frozenset({space})


def _nothing(run: Run, node: ast.AST, given: Arguments) -> Values:
    return NOTHING


def _text(run: Run, node: ast.AST, given: Arguments) -> Values:
    """`str(…)`: of a key it is the key; of an object of the project its own method makes it."""
    return as_text(run, node, given.get(0, "object"))


def as_text(run: Run, node: ast.AST, values: Values) -> Values:
    for value in values:
        if isinstance(value, Instance):
            for method in ("__str__", "__repr__", "__format__"):
                attributes.call_method(run, node, value, method, [])
    return frozenset(value for value in values if isinstance(value, OwnKey))


def _size(run: Run, node: ast.AST, given: Arguments) -> Values:
    for value in given.get(0, "obj"):
        if isinstance(value, Instance):
            for method in ("__len__", "__bool__"):
                attributes.call_method(run, node, value, method, [])
    return NOTHING


def _wraps(run: Run, node: ast.AST, given: Arguments) -> Values:
    return frozenset({External("functools.wraps()")})


BUILTINS: dict[str, Builtin] = {
    "builtins.enumerate": iterables.enumerated,
    "builtins.zip": iterables.zipped,
    "builtins.iter": iterables.same,
    "builtins.aiter": iterables.same,
    "builtins.sorted": iterables.sorted_,
    "builtins.set": iterables.set_,
    "builtins.frozenset": iterables.set_,
    "builtins.dict": iterables.dict_,
    "collections.OrderedDict": iterables.dict_,
    "collections.defaultdict": iterables.defaultdict,
    "builtins.dict.fromkeys": iterables.fromkeys,
    "builtins.map": iterables.mapped,
    "builtins.filter": iterables.filtered,
    "builtins.next": iterables.one,
    "builtins.anext": iterables.one,
    "builtins.max": iterables.one,
    "builtins.min": iterables.one,
    "builtins.getattr": _getattr,
    "builtins.setattr": _setattr,
    "builtins.isinstance": _nothing,
    "builtins.issubclass": _nothing,
    "builtins.callable": _nothing,
    "builtins.print": _nothing,
    "builtins.repr": _text,
    "builtins.str": _text,
    "builtins.format": _text,
    "builtins.len": _size,
    "builtins.bool": _size,
    "builtins.staticmethod": _same,
    "functools.partial": _partial,
    "functools.partialmethod": _partial,
    "functools.wraps": _wraps,
    "functools.update_wrapper": _same,
    "functools.cache": _same,
    "functools.singledispatch": _same,
    "functools.lru_cache": _same,
    "contextlib.contextmanager": _same,
    "contextlib.asynccontextmanager": _same,
    "contextlib.aclosing": _same,
    "contextlib.closing": _same,
    "contextvars.ContextVar": _variable,
    "contextlib.ExitStack().enter_context": _stack_enter,
    "contextlib.AsyncExitStack().enter_context": _stack_enter,
    "contextlib.AsyncExitStack().enter_async_context": _stack_enter,
    "contextlib.ExitStack().callback": _on_leaving,
    "contextlib.AsyncExitStack().callback": _on_leaving,
    "contextlib.AsyncExitStack().push_async_callback": _on_leaving,
    "contextlib.ExitStack().push": _exit_later,
    "contextlib.AsyncExitStack().push": _exit_later,
    "contextlib.AsyncExitStack().push_async_exit": _exit_later,
    "copy.copy": _copied,
    "copy.deepcopy": _copied,
    "dataclasses.replace": _replaced,
    "dataclasses.field": _field,
    "inspect.signature": _nothing,
    "inspect.unwrap": _same,
    "pydantic.Field": _field,
    "types.SimpleNamespace": _namespace,
    "argparse.Namespace": _namespace,
    "threading.local": _namespace,
    "collections.namedtuple()": _namespace,
    "typing.cast": _cast,
    "typing_extensions.cast": _cast,
}
BUILTINS |= dict.fromkeys(iterables.KEEPING_ORDER, iterables.iterable)
