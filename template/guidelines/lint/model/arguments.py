"""The arguments of a call, and which parameter gets which."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace

from guidelines.lint.model import hints
from guidelines.lint.model.evaluation import evaluate
from guidelines.lint.model.flow import iterated
from guidelines.lint.model.frame import Mode
from guidelines.lint.model.run import Run
from guidelines.lint.model.values import (
    NOTHING,
    Collection,
    Context,
    Func,
    Named,
    Tuple,
    Values,
)

CONTEXT_NAMES = ("ctx", "context", "restate_context", "restate_ctx")


@dataclass
class Arguments:
    """Arguments of a call. `rest` are those of `*` and `**` whose position or name is not known."""

    positional: list[Values] = field(default_factory=list)
    named: dict[str, Values] = field(default_factory=dict)
    rest: Values = NOTHING
    rest_named: Values = NOTHING

    def all(self) -> Values:
        return NOTHING.union(*self.positional, *self.named.values(), self.rest, self.rest_named)

    def get(self, position: int, name: str) -> Values:
        if position < len(self.positional):
            return self.positional[position]
        return self.named.get(name, NOTHING) or self.rest or self.rest_named

    def without(self, count: int, *names: str) -> Arguments:
        named = {name: values for name, values in self.named.items() if name not in names}
        return replace(self, positional=self.positional[count:], named=named)


def of_node(run: Run, node: ast.Call) -> Arguments:
    """Evaluates the arguments of a call."""
    given = Arguments()
    for argument in node.args:
        values = evaluate(run, argument)
        if not isinstance(argument, ast.Starred):
            if given.rest:
                given.rest |= values
            else:
                given.positional.append(values)
            continue
        tuples = [value for value in values if isinstance(value, Tuple)]
        if tuples and len(tuples) == len(values) and not given.rest:
            longest = max(len(value.items) for value in tuples)
            for index in range(longest):
                given.positional.append(NOTHING.union(*(v.items[index] for v in tuples if index < len(v.items))))
        else:
            given.rest |= iterated(run, values)
    for keyword in node.keywords:
        values = evaluate(run, keyword.value)
        if keyword.arg is not None:
            given.named[keyword.arg] = values
            continue
        for value in values:
            if isinstance(value, Named):
                for name, item in value.items:
                    given.named[name] = given.named.get(name, NOTHING) | item
            elif isinstance(value, Collection):
                given.rest_named |= run.engine.read(run.engine.cell("contents", value.site))
    return given


def bound(run: Run, func: Func, given: Arguments, mode: Mode | None = None) -> dict[str, Values]:
    """Which parameter gets what; where nothing is known, what its annotation says."""
    function = func.function
    parameters = function.parameters
    found: dict[str, Values] = {}
    for parameter, values in zip(parameters, given.positional, strict=False):
        found[parameter.arg] = values
    names = {parameter.arg for parameter in [*parameters, *function.args.kwonlyargs]}
    extra = [(name, values) for name, values in given.named.items() if name not in names]
    for name, values in given.named.items():
        if name in names:
            found[name] = found.get(name, NOTHING) | values
    if given.rest or given.rest_named:
        for name in names - set(found):
            found[name] = given.rest | given.rest_named
    if function.args.vararg:
        found[function.args.vararg.arg] = frozenset({Tuple(tuple(given.positional[len(parameters) :]))})
    if function.args.kwarg:
        found[function.args.kwarg.arg] = frozenset({Named(tuple(extra))})
    defaults = run.engine.defaults.get((function, func.frame), {})
    for parameter in [*parameters, *function.args.kwonlyargs]:
        name = parameter.arg
        if name not in found and name in defaults:
            found[name] = defaults[name]
        if not found.get(name):
            found[name] = _declared(run, func, parameter, mode or run.frame.mode)
    return found


def _declared(run: Run, func: Func, parameter: ast.arg, mode: Mode) -> Values:
    if parameter.annotation is not None:
        return hints.values_of(run, func.frame, parameter.annotation)
    if mode is not Mode.OUTSIDE and parameter.arg in CONTEXT_NAMES:
        return frozenset({Context()})
    return NOTHING
