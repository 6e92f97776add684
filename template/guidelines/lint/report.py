"""Making findings, and the questions that several rules ask."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from guidelines.finding import Edit, Finding, Severity
from guidelines.lint.model.definitions import Function
from guidelines.lint.model.frame import Edge, Frame
from guidelines.lint.model.project import Project
from guidelines.lint.model.values import Class, External, Values
from guidelines.rule import Rule


def at(
    project: Project,
    rule: Rule,
    frame: Frame,
    node: ast.AST,
    message: str,
    *,
    guideline: str | None = None,
    severity: Severity | None = None,
    reached: dict[Frame, Edge | None] | None = None,
    edits: tuple[Edit, ...] = (),
) -> Finding:
    """A finding at a node of a frame, with the chain from the handler."""
    return in_function(
        rule,
        frame.function,
        node,
        message,
        guideline=guideline,
        severity=severity,
        chain=project.chain(frame, reached),
        edits=edits,
    )


def in_function(
    rule: Rule,
    function: Function,
    node: ast.AST,
    message: str,
    *,
    guideline: str | None = None,
    severity: Severity | None = None,
    chain: tuple[str, ...] = (),
    edits: tuple[Edit, ...] = (),
) -> Finding:
    return Finding(
        path=function.module.path,
        line=getattr(node, "lineno", 1),
        column=getattr(node, "col_offset", 0),
        rule=rule.name,
        guideline=guideline or rule.guidelines[0],
        severity=severity or rule.severity,
        message=message,
        chain=chain,
        edits=edits,
    )


def paths(values: Values) -> set[str]:
    """The external things among values, with the external bases of the project's own classes."""
    found = {value.path for value in values if isinstance(value, External)}
    for value in values:
        if isinstance(value, Class):
            found |= value.definition.all_external_bases()
    return found


def handled(handler: ast.ExceptHandler, frame: Frame) -> set[str]:
    """The exceptions that an `except` clause catches, by path; a bare one catches `builtins.BaseException`."""
    if handler.type is None:
        return {"builtins.BaseException"}
    items = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    found: set[str] = set()
    for item in items:
        values = frame.of(item)
        found |= paths(values)
        for value in values:
            contents = getattr(value, "items", ())
            found |= {path for item in contents for path in paths(item)} if isinstance(contents, tuple) else set()
    return found


def raises_always(body: list[ast.stmt]) -> bool:
    """Whether control cannot leave these statements but by an exception."""
    for statement in body:
        if isinstance(statement, ast.Raise):
            return True
        if isinstance(statement, ast.Return | ast.Break | ast.Continue):
            return False
        if isinstance(statement, ast.If) and all(raises_always(part) for part in (statement.body, statement.orelse)):
            return True
        if isinstance(statement, ast.If) and _leaves(statement):
            return False
        if isinstance(statement, ast.With | ast.AsyncWith) and raises_always(statement.body):
            return True
        if isinstance(statement, ast.Try) and raises_always(statement.finalbody):
            return True
        if isinstance(statement, ast.Match):
            last = statement.cases[-1].pattern
            whole = isinstance(last, ast.MatchAs) and last.pattern is None
            if whole and all(raises_always(case.body) for case in statement.cases):
                return True
    return False


def _leaves(statement: ast.AST) -> bool:
    return any(isinstance(node, ast.Return | ast.Break | ast.Continue) for node in ast.walk(statement))


def raises_in(body: list[ast.stmt]) -> Iterator[ast.Raise]:
    """The `raise` statements of an `except` clause, without those of functions defined in it."""
    from guidelines.lint.model.reach import own_nodes

    for node in own_nodes(body):
        if isinstance(node, ast.Raise):
            yield node
