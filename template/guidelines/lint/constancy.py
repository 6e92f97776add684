"""Conditions that are always the same, however they are written."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from guidelines.lint.model.definitions import Function
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project


def value(project: Project, frame: Frame, test: ast.expr, body: Iterable[ast.AST]) -> bool | None:
    """Whether a condition holds, the first time and after every round of the body; None if that is not known."""
    match test:
        case ast.Constant(value=constant):
            return bool(constant)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = value(project, frame, operand, body)
            return None if inner is None else not inner
        case ast.BoolOp(op=operator, values=parts):
            known = {value(project, frame, part, body) for part in parts}
            decisive = isinstance(operator, ast.Or)
            return decisive if decisive in known else None if None in known else not decisive
        case ast.Compare(
            left=ast.Constant(value=left), ops=[ast.Eq() | ast.Is()], comparators=[ast.Constant(value=right)]
        ):
            return bool(left == right)
        case ast.Compare(left=left, ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=bool(right))]):
            inner = value(project, frame, left, body)
            return None if inner is None else inner is right
        case ast.Tuple(elts=items) | ast.List(elts=items):
            return bool(items)
        case ast.Call(func=ast.Name(id="bool"), args=[only], keywords=[]):
            return value(project, frame, only, body)
        case ast.Name(id=name):
            return _of_name(frame, name)
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            return _of_attribute(project, name)
    return None


def _of_name(frame: Frame, name: str) -> bool | None:
    """Of a variable: where every assignment to it, in whatever function, is of a constant of one kind."""
    function: Function | None = frame.function
    while function is not None and name not in function.locals:
        function = function.parent
    if function is None or name in _parameters(function):
        return None
    found: set[bool | None] = set()
    for assigned in _assignments(function, name):
        found.add(bool(assigned.value) if isinstance(assigned, ast.Constant) else None)
    return found.pop() if len(found) == 1 else None


def _of_attribute(project: Project, name: str) -> bool | None:
    """Of `self.name`: where everything that is assigned to such an attribute, anywhere, is a constant of one kind."""
    found: set[bool | None] = set()
    for module in project.modules:
        for node in ast.walk(module.body.node):
            match node:
                case ast.Assign(targets=[ast.Attribute(attr=target)], value=assigned) if target == name:
                    found.add(bool(assigned.value) if isinstance(assigned, ast.Constant) else None)
                case ast.Name(id=target, ctx=ast.Store()) if target == name:
                    found.add(None)
                case ast.AugAssign(target=ast.Attribute(attr=target)) | ast.keyword(arg=target) if target == name:
                    found.add(None)
                case (
                    ast.FunctionDef(name=target) | ast.AsyncFunctionDef(name=target) | ast.Constant(value=str(target))
                ) if target == name:
                    found.add(None)
                case ast.AnnAssign(target=ast.Attribute(attr=target), value=assigned) if target == name:
                    found.add(bool(assigned.value) if isinstance(assigned, ast.Constant) else None)
    return found.pop() if len(found) == 1 else None


def _parameters(function: Function) -> set[str]:
    if isinstance(function.node, ast.Module | ast.ClassDef):
        return set()
    return {parameter.arg for parameter in function.all_parameters}


def _assignments(function: Function, name: str) -> Iterator[ast.expr | None]:
    """What is assigned to a name of this function, also by functions in it; None for what is not a plain assignment."""
    plain: set[ast.AST] = set()
    for node in ast.walk(function.node):
        match node:
            case ast.Assign(targets=[ast.Name(id=target) as place], value=assigned) if target == name:
                plain.add(place)
                yield assigned
            case ast.AnnAssign(target=ast.Name(id=target) as place, value=assigned) if target == name and assigned:
                plain.add(place)
                yield assigned
    for node in ast.walk(function.node):
        other = isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
        if (other and node not in plain) or (isinstance(node, ast.alias) and (node.asname or node.name) == name):
            yield None
