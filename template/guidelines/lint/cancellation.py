"""What an `except TerminalError` clause does with a cancellation: whether it goes on, here or further down."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project
from guidelines.lint.model.reach import own_nodes
from guidelines.lint.model.values import Operation

DEEPEST = 4
STORING = {"append", "add", "extend", "update", "setdefault", "put_nowait", "set_exception", "appendleft", "insert"}


def is_sent_on(project: Project, frame: Frame, node: ast.Try | ast.TryStar, handler: ast.ExceptHandler) -> bool:
    """Whether the clause raises on some path or tests for a cancellation. To log, count or return it is neither."""
    body = list(own_nodes(handler.body))
    if any(isinstance(inner, ast.Raise) for inner in body) or _tests(frame, body):
        return True
    if any(_raises_again(frame, inner, handler.name) for inner in body if isinstance(inner, ast.Call)):
        return True
    return (
        _is_handed_to_caller(frame, handler) or _within_raising(frame, node) or _is_raised_later(frame, node, handler)
    )


def _tests(frame: Frame, nodes: Iterable[ast.AST]) -> bool:
    """A decision that depends on whether it is a cancellation; a word for the log is none."""
    for node in nodes:
        match node:
            case ast.If(test=test) | ast.While(test=test) | ast.Assign(value=test) | ast.Match(subject=test):
                parts: list[ast.AST] = [test]
            case (
                ast.Return(value=ast.expr() as test)
                | ast.NamedExpr(value=test)
                | ast.match_case(guard=ast.expr() as test)
            ):
                parts = [test]
            case _:
                continue
        if any(_asks(frame, inner) for part in parts for inner in own_nodes([part])):
            return True
        if isinstance(node, ast.Match) and _is_status(node.subject):
            return True
    return False


def _asks(frame: Frame, node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        named = "cancel" in name.lower()
        return named and not any(isinstance(value, Operation) for value in frame.of(node.func))
    if not isinstance(node, ast.Compare):
        return False
    sides = [node.left, *node.comparators]
    constants = [inner.value for side in sides for inner in ast.walk(side) if isinstance(inner, ast.Constant)]
    if any(_is_status(side) for side in sides):
        numbers = [constant for constant in constants if isinstance(constant, int)]
        return not numbers or 409 in numbers
    return any(isinstance(constant, str) and "cancel" in constant.lower() for constant in constants)


def _is_status(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
        return node.args[1].value == "status_code"
    return isinstance(node, ast.Attribute) and node.attr == "status_code"


def _raises_again(frame: Frame, call: ast.Call, error: str | None, depth: int = DEEPEST) -> bool:
    """Whether a helper raises the error that it is given, or raises when that is a cancellation."""
    for callee, node in frame.edges:
        if node is not call or depth == 0:
            continue
        function = callee.function
        given = _parameter(callee, call, error)
        raises = [statement for statement in function.own(ast.Raise) if not _in_own_clause(callee, statement)]
        if any(statement.exc is None or _is_name(statement.exc, given) for statement in raises):
            return True
        if given is None:
            continue
        about = [inner for inner in own_nodes(function.body) if given in _names([inner])]
        if raises and _tests(callee, about):
            return True
        if any(_raises_again(callee, inner, given, depth - 1) for inner in function.own(ast.Call)):
            return True
    return False


def _parameter(callee: Frame, call: ast.Call, error: str | None) -> str | None:
    """The parameter that gets the error."""
    parameters = callee.function.parameters
    if callee.function.owner is not None and isinstance(call.func, ast.Attribute):
        parameters = parameters[1:]
    for parameter, argument in zip(parameters, call.args, strict=False):
        if _is_name(argument, error):
            return parameter.arg
    return next((keyword.arg for keyword in call.keywords if _is_name(keyword.value, error)), None)


def _is_name(node: ast.expr, name: str | None) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _in_own_clause(frame: Frame, statement: ast.Raise) -> bool:
    """A bare `raise` in an `except` clause of the helper is about an error of the helper's own."""
    clauses = frame.function.own(ast.ExceptHandler)
    return any(inner is statement for clause in clauses for inner in own_nodes(clause.body))


def _is_handed_to_caller(frame: Frame, handler: ast.ExceptHandler) -> bool:
    """`return error` of the error itself: the caller may raise it."""
    for node in own_nodes(handler.body):
        if isinstance(node, ast.Return) and node.value is not None:
            items = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            if any(isinstance(item, ast.Name) and item.id == handler.name for item in items):
                return True
    return False


def _within_raising(frame: Frame, node: ast.AST) -> bool:
    """Whether the statement belongs to an `except` clause that raises: what it undoes may fail."""
    for clause in frame.function.own(ast.ExceptHandler):
        inside = list(own_nodes(clause.body))
        if node in inside:
            own = set(own_nodes([node]))
            if any(isinstance(inner, ast.Raise) and inner not in own for inner in inside):
                return True
    return False


def _is_raised_later(frame: Frame, node: ast.Try | ast.TryStar, handler: ast.ExceptHandler) -> bool:
    """Whether something that the clause stores is raised after it, or decides whether something is."""
    stored = set(_stored(handler))
    if not stored:
        return False
    before = set(own_nodes([node]))
    for statement in frame.function.own(ast.Raise):
        if statement not in before and _names([statement]) & stored:
            return True
    for branch in frame.function.own(ast.If):
        raises = any(isinstance(inner, ast.Raise) for inner in own_nodes([*branch.body, *branch.orelse]))
        if raises and branch not in before and _names([branch.test]) & stored:
            return True
    return False


def _stored(handler: ast.ExceptHandler) -> Iterator[str]:
    for node in own_nodes(handler.body):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                yield from _names([target])
        elif isinstance(node, ast.NamedExpr):
            yield node.target.id
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in STORING:
            yield from _names([node.func.value])


def _names(nodes: Iterable[ast.AST]) -> set[str]:
    return {inner.id for inner in own_nodes(nodes) if isinstance(inner, ast.Name)}
