"""Waits: what durable code waits for, and whether a timer runs beside it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project
from guidelines.lint.model.values import Elements, Future, Promise, Site, Values

EVENTS = {"awakeable", "promise", "signal"}
COMBINATORS = {f"restate.{name}" for name in ("select", "gather", "wait_completed", "as_completed")}


@dataclass(frozen=True)
class Wait:
    """`kinds` are those of the futures waited for; `timed` when a durable timer is among them."""

    node: ast.expr
    kinds: frozenset[str]
    sites: frozenset[Site]
    timed: bool


def waits(project: Project, frame: Frame) -> Iterator[Wait]:
    """Awaits of a future, and of Restate's combinators."""
    for node in frame.function.own(ast.Await):
        futures = _futures(frame.of(node.value))
        if futures:
            yield _wait(node, futures, combined=False)
    for call in project.calls(frame):
        if project.externals(frame, call) & COMBINATORS:
            yield _wait(call, _futures(_given(project, frame, call)), combined=True)


def _given(project: Project, frame: Frame, call: ast.Call) -> Values:
    values: Values = frozenset()
    for argument in [*call.args, *(keyword.value for keyword in call.keywords)]:
        found = frame.of(argument.value if isinstance(argument, ast.Starred) else argument)
        values |= found
        for value in found:
            if isinstance(value, Elements):
                values |= value.values
            site = getattr(value, "site", None)
            if site is not None and not isinstance(value, Future):
                values |= project.engine.cell("contents", site).values
    return values


def _futures(values: Values) -> list[tuple[str, Site]]:
    found = [(value.kind, value.site) for value in values if isinstance(value, Future)]
    return found + [("promise", value.site) for value in values if isinstance(value, Promise)]


def _wait(node: ast.expr, futures: list[tuple[str, Site]], *, combined: bool) -> Wait:
    kinds = frozenset(kind for kind, _ in futures)
    return Wait(node, kinds, frozenset(site for _, site in futures), combined and "sleep" in kinds)
