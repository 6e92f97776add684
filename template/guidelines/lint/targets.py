"""Which handlers a call through the context reaches."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from guidelines.lint.model import sdk
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project, argument
from guidelines.lint.model.services import Handler, written
from guidelines.lint.model.values import Operation, OwnKey, Partial, Text, Values


@dataclass(frozen=True)
class Call:
    """A request-response call from one handler's code to another handler; `own_key` when it is to the same key."""

    frame: Frame
    node: ast.Call
    target: Handler
    own_key: bool


@lru_cache(maxsize=2)
def calls(project: Project) -> list[Call]:
    return [call for frame in project.durable for call in _of_frame(project, frame)]


def _of_frame(project: Project, frame: Frame) -> Iterator[Call]:
    for node in project.calls(frame):
        for name in project.operations(frame, node) & sdk.CALLS:
            generic = name == "generic_call"
            key = frame.of(argument(node, 3 if generic else 1, "key"))
            own = bool(key) and all(isinstance(value, OwnKey) for value in key)
            own = own and name in ("object_call", "generic_call")
            if generic:
                found = _by_name(
                    project, frame.of(argument(node, 0, "service")), frame.of(argument(node, 1, "handler"))
                )
            else:
                found = of_values(project, frame.of(argument(node, 0, "tpe")))
            for target in found:
                yield Call(frame, node, target, own)
        yield from _through_partial(project, frame, node)


def _through_partial(project: Project, frame: Frame, node: ast.Call) -> Iterator[Call]:
    """`operation()` where the operation and the target were bound before, as compensations are."""
    for value in frame.of(node.func):
        if not isinstance(value, Partial) or not isinstance(value.callee, Operation) or not value.positional:
            continue
        if value.callee.name in sdk.CALLS:
            for target in of_values(project, value.positional[0]):
                yield Call(frame, node, target, own_key=False)


def of_values(project: Project, values: Values) -> list[Handler]:
    """The handlers behind handler functions."""
    functions = {written(value) for value in values} - {None}
    return [handler for handler in project.handlers if handler.function in functions or handler.value in values]


def _by_name(project: Project, service: Values, handler: Values) -> list[Handler]:
    services = {value.text for value in service if isinstance(value, Text)}
    names = {value.text for value in handler if isinstance(value, Text)}
    return [found for found in project.handlers if found.service.name in services and found.name in names]
