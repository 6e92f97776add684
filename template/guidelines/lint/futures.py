"""Futures that stand where their values are meant: `if ctx.get(…)`, `ctx.time() + 60`, `int(ctx.get(…))`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project
from guidelines.lint.model.values import Class, Coroutine, External, Func, Future, Values

READY = {"run", "sleep", "get", "time", "attach"}
"""Kinds of futures that are of no effect unless they are awaited."""
WAITED = READY | {"call", "promise", "signal"}
OWN = {"invocation_id", "cancel_invocation", "is_completed", "close", "send", "throw"}
OTHER_VALUES = re.compile(
    r"(builtins\.(int|float|str|len|bool|round|abs|bytes|range|bytearray|print|reversed|enumerate)"
    r"|(datetime|decimal|json|math|uuid|base64|hashlib|statistics|zoneinfo|re|ast)\.[\w.]*"
    r"|time\.(strftime|gmtime|localtime|ctime))$"
)
"""Functions to which a future is never meant to be given."""
PLAIN = re.compile(r"(int|str|float|bool|dict|list|datetime|date|Decimal|UUID)\b")
TAKING = {"set": (1, "value"), "resolve_awakeable": (1, "value"), "resolve_signal": (2, "value")}
TAKING |= {"service_call": (1, "arg"), "service_send": (1, "arg")}
TAKING |= {f"{kind}_{verb}": (2, "arg") for kind in ("object", "workflow") for verb in ("call", "send")}
Comparison = ast.In | ast.NotIn | ast.Is | ast.IsNot | ast.Eq | ast.NotEq


def all_futures(values: Values, kinds: set[str] = READY) -> bool:
    return bool(values) and all(isinstance(value, Future) and value.kind in kinds for value in values)


def misused(project: Project, frame: Frame) -> Iterator[ast.expr]:
    """Every future that is used as if it were its value."""
    always = _always(project, frame)
    for node in frame.function.own(*_KINDS):
        for operand in _operands(project, frame, node):
            if _is_made_here(project, frame, operand) or (isinstance(operand, ast.Name) and operand.id in always):
                yield operand
        if isinstance(node, ast.BinOp | ast.Compare | ast.FormattedValue):
            yield from (
                operand
                for operand in _computed(node)
                if isinstance(operand, ast.Name) and all_futures(frame.of(operand)) and operand.id not in always
            )


def _is_made_here(project: Project, frame: Frame, node: ast.expr) -> bool:
    """Whether a call gives a future whatever happens: an operation, or a helper that has to be awaited."""
    if not isinstance(node, ast.Call):
        return False
    values = frame.of(node)
    if is_coroutine(project, values):
        return True
    if not all_futures(values, WAITED):
        return False
    return all(not isinstance(callee, Func) or _only_makes(callee) for callee in frame.of(node.func))


def is_coroutine(project: Project, values: Values) -> bool:
    """Whether a call gives only coroutines that use the context."""
    return bool(values) and all(isinstance(value, Coroutine) and value.frame in project.operating for value in values)


def _only_makes(callee: Func) -> bool:
    """Whether a helper ends with a call on every path; it could return None as well."""
    body = callee.function.body
    returned = list(callee.function.own(ast.Return))
    return len(returned) == 1 and body[-1:] == returned and isinstance(returned[0].value, ast.Call)


def _always(project: Project, frame: Frame) -> set[str]:
    """Names of the function that hold futures wherever they hold anything."""
    bound: dict[str, int] = {}
    for name in frame.function.own(ast.Name):
        if isinstance(name.ctx, ast.Store | ast.Del):
            bound[name.id] = bound.get(name.id, 0) + 1
    for statement in frame.function.own(ast.Assign, ast.AnnAssign, ast.NamedExpr):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        made = statement.value is not None and _is_made_here(project, frame, statement.value)
        for target in targets:
            if isinstance(target, ast.Name) and made:
                bound[target.id] -= 1
    outside = {parameter.arg for parameter in frame.function.all_parameters} | frame.function.outer_names
    return {name for name, others in bound.items() if others == 0 and name not in outside}


_KINDS = (
    ast.BoolOp,
    ast.BinOp,
    ast.UnaryOp,
    ast.Compare,
    ast.If,
    ast.While,
    ast.IfExp,
    ast.Assert,
    ast.FormattedValue,
    ast.Attribute,
    ast.Subscript,
    ast.For,
    ast.comprehension,
    ast.AugAssign,
    ast.Assign,
    ast.Call,
)


def _operands(project: Project, frame: Frame, node: ast.AST) -> list[ast.expr]:
    """The expressions of a node that are meant to be values."""
    match node:
        case ast.BoolOp(values=values):
            return values[:-1]
        case ast.BinOp() | ast.FormattedValue() | ast.Compare():
            return _computed(node) or _compared(node)
        case ast.UnaryOp(operand=operand):
            return [operand]
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) | ast.Assert(test=test):
            return [test]
        case ast.Attribute(value=value, attr=attr):
            return [] if attr in OWN or attr.startswith("_") else [value]
        case ast.Subscript(value=value) | ast.AugAssign(value=value):
            return [value]
        case ast.For(iter=iterated):
            return [iterated]
        case ast.comprehension(iter=iterated, ifs=conditions):
            return [iterated, *conditions]
        case ast.Assign(targets=[ast.Tuple() | ast.List()], value=value):
            return [value]
        case ast.Call():
            return _given(project, frame, node)
    return []


def _computed(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.FormattedValue(value=value):
            return [value]
        case ast.Compare(left=left, ops=ops, comparators=others) if not any(isinstance(op, Comparison) for op in ops):
            return [left, *others]
    return []


def _compared(node: ast.AST) -> list[ast.expr]:
    """Futures may be compared with each other, to tell which one is ready; not with anything else."""
    match node:
        case ast.Compare(left=left, comparators=[right]):
            constant = isinstance(left, ast.Constant) or isinstance(right, ast.Constant)
            return [side for side in (left, right) if constant or isinstance(side, ast.Call)]
        case ast.Compare(left=ast.Call() as left):
            return [left]
    return []


def _given(project: Project, frame: Frame, call: ast.Call) -> list[ast.expr]:
    """Arguments that can only be values."""
    for name in project.operations(frame, call):
        if name in TAKING:
            position, keyword = TAKING[name]
            found = [item.value for item in call.keywords if item.arg == keyword]
            return found or call.args[position : position + 1]
    callees = frame.of(call.func)
    if any(isinstance(callee, External) and OTHER_VALUES.match(callee.path) for callee in callees):
        return [*call.args, *(item.value for item in call.keywords)]
    models = [callee for callee in callees if isinstance(callee, Class)]
    return [item.value for item in call.keywords if item.arg and any(_is_plain(model, item.arg) for model in models)]


def _is_plain(model: Class, name: str) -> bool:
    """Whether a field of a model is declared as a plain value."""
    for ancestor in model.definition.ancestors():
        for statement in ancestor.body.own(ast.AnnAssign):
            if isinstance(statement.target, ast.Name) and statement.target.id == name:
                return PLAIN.match(ast.unparse(statement.annotation)) is not None
    return False
