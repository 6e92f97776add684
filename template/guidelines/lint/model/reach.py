"""Who reaches whom: shortest chains from a handler to a place, and which code uses the context at all."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterable, Iterator

from guidelines.lint.model import sdk
from guidelines.lint.model.definitions import SCOPES
from guidelines.lint.model.frame import Edge, Frame, Mode
from guidelines.lint.model.values import External, Future, Operation, Promise, Values


def reach(roots: Iterable[Frame], *, steps: bool = False) -> dict[Frame, Edge | None]:
    """Every frame that the roots reach, with the call by which it is reached first."""
    found: dict[Frame, Edge | None] = dict.fromkeys(roots)
    queue = deque(found)
    while queue:
        frame = queue.popleft()
        for edge in sorted(frame.edges.values(), key=lambda edge: (line(edge.node), edge.callee.function.name)):
            wanted = edge.callee.mode is Mode.DURABLE or (steps and edge.callee.mode is Mode.STEP)
            if wanted and edge.callee not in found:
                found[edge.callee] = edge
                queue.append(edge.callee)
    return found


def line(node: ast.AST) -> int:
    return getattr(node, "lineno", 1)


def chain(found: dict[Frame, Edge | None], frame: Frame) -> tuple[str, ...]:
    """The calls that lead to a frame, the handler's first."""
    steps: list[str] = []
    edge = found.get(frame)
    while edge is not None and len(steps) < 50:
        caller = edge.caller.function
        into_step = edge.callee.mode is Mode.STEP and edge.caller.mode is Mode.DURABLE
        verb = "runs as a step" if into_step else "calls"
        steps.append(f"{caller.module.path}:{line(edge.node)} {caller.name} {verb} {edge.callee.function.name}")
        edge = found.get(edge.caller)
    return tuple(reversed(steps))


def own_nodes(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """These nodes and those below, without the bodies of nested functions and classes."""
    stack = list(nodes)[::-1]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, SCOPES):
            stack.extend(reversed(list(ast.iter_child_nodes(node))))


def is_operation(values: Values) -> bool:
    """Whether calling one of these uses the journal."""
    for value in values:
        if isinstance(value, Operation) and value.name not in sdk.LOCAL:
            return True
        if isinstance(value, External) and value.path in sdk.COMBINATORS:
            return True
    return False


def is_wait(values: Values) -> bool:
    return any(isinstance(value, Future | Promise) for value in values)


def uses_context(frame: Frame, node: ast.AST) -> bool:
    """Whether this very node uses the journal."""
    if isinstance(node, ast.Call):
        return is_operation(frame.of(node.func))
    if isinstance(node, ast.Await):
        return is_wait(frame.of(node.value))
    return False


def operating(frames: Iterable[Frame]) -> set[Frame]:
    """Frames that use the context, themselves or through what they call in the same mode."""
    callers: dict[Frame, list[Frame]] = {}
    queue: deque[Frame] = deque()
    found: set[Frame] = set()
    for frame in frames:
        for edge in frame.edges.values():
            if edge.callee.mode is frame.mode:
                callers.setdefault(edge.callee, []).append(frame)
        own = frame.function.own(ast.Call, ast.Await)
        if any(uses_context(frame, node) for node in own):
            found.add(frame)
            queue.append(frame)
    while queue:
        for caller in callers.get(queue.popleft(), ()):
            if caller not in found:
                found.add(caller)
                queue.append(caller)
    return found
