"""Edits that are safe to apply by machine."""

from __future__ import annotations

import ast

from guidelines.finding import Edit
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project
from guidelines.lint.model.values import Context, External


def replace(node: ast.expr, text: str) -> tuple[Edit, ...]:
    if node.end_lineno is None or node.end_col_offset is None:
        return ()
    return (Edit((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset), text),)


def wrap(node: ast.expr, before: str, after: str) -> tuple[Edit, ...]:
    if node.end_lineno is None or node.end_col_offset is None:
        return ()
    start, end = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
    return (Edit(start, start, before), Edit(end, end, after))


def context_name(frame: Frame) -> str | None:
    """A parameter in scope that is the context; not a variable, which may not be set yet."""
    current: Frame | None = frame
    while current is not None and not isinstance(current.function.node, ast.Module | ast.ClassDef):
        for parameter in current.function.all_parameters:
            values = current.parameters.get(parameter.arg, frozenset())
            is_context = bool(values) and all(isinstance(value, Context) for value in values)
            if is_context and (current is frame or parameter.arg not in frame.function.locals):
                return parameter.arg
        current = current.closure
    return None


def is_async_place(frame: Frame, node: ast.AST) -> bool:
    """Whether `await …` may stand where the node stands, without parentheses."""
    if not frame.function.is_async:
        return False
    for outer in frame.function.own(ast.GeneratorExp, ast.Attribute, ast.Await, ast.Subscript):
        if isinstance(outer, ast.GeneratorExp):
            if any(inner is node for inner in ast.walk(outer)):
                return False
        elif outer.value is node:
            return False
    return True


def has_timedelta(project: Project, frame: Frame) -> bool:
    module = project.engine.module_frame(frame.function.module)
    cell = module.names.get("timedelta")
    shadowed = "timedelta" in frame.function.locals
    return cell is not None and cell.values == {External("datetime.timedelta")} and not shadowed


def source(frame: Frame, node: ast.expr) -> str | None:
    return ast.get_source_segment(frame.function.module.text, node)
