"""What an expression may be."""

from __future__ import annotations

import ast

from guidelines.lint.model import attributes, calls, displays, library
from guidelines.lint.model.evaluation import EVALUATORS, evaluate
from guidelines.lint.model.flow import awaited, iterated
from guidelines.lint.model.run import Run
from guidelines.lint.model.values import (
    NOTHING,
    Class,
    Collection,
    Elements,
    External,
    Func,
    Instance,
    Text,
    Tuple,
    TypeForm,
    Value,
    Values,
)


def _name(run: Run, node: ast.Name) -> Values:
    return run.lookup(node.id)


def _constant(run: Run, node: ast.Constant) -> Values:
    if isinstance(node.value, str) and len(node.value) <= 60:
        return frozenset({Text(node.value)})
    return NOTHING


def _attribute(run: Run, node: ast.Attribute) -> Values:
    found: Values = NOTHING
    for value in evaluate(run, node.value):
        found |= attributes.get(run, node, value, node.attr)
    return found


def _call(run: Run, node: ast.Call) -> Values:
    return calls.call_node(run, node)


def _await(run: Run, node: ast.Await) -> Values:
    return awaited(run, evaluate(run, node.value))


def _lambda(run: Run, node: ast.Lambda) -> Values:
    return frozenset({make_function(run, node)})


def make_function(run: Run, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Func:
    """A function with the names around it. Names of a class body are not among them."""
    engine, frame = run.engine, run.frame
    closure = frame
    owner = None
    if isinstance(frame.function.node, ast.ClassDef) and frame.closure is not None:
        owner, closure = frame.function.owner, frame.closure
    function = engine.function(node, frame.function, owner)
    positional = [*node.args.posonlyargs, *node.args.args]
    defaults = dict(zip([arg.arg for arg in positional[::-1]], node.args.defaults[::-1], strict=False))
    named = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    defaults |= {arg.arg: default for arg, default in named if default is not None}
    if defaults:
        known = engine.defaults.setdefault((function, closure), {})
        for name, default in defaults.items():
            known[name] = known.get(name, NOTHING) | evaluate(run, default)
    func = Func(function, closure)
    engine.made.setdefault(function, set()).add(func)
    return func


def _ternary(run: Run, node: ast.IfExp) -> Values:
    evaluate(run, node.test)
    return evaluate(run, node.body) | evaluate(run, node.orelse)


def _boolean(run: Run, node: ast.BoolOp) -> Values:
    found: Values = NOTHING
    for value in node.values:
        found |= evaluate(run, value)
    return found


def _walrus(run: Run, node: ast.NamedExpr) -> Values:
    values = evaluate(run, node.value)
    run.assign(node.target.id, values)
    return values


def _operator(run: Run, node: ast.BinOp) -> Values:
    left, right = evaluate(run, node.left), evaluate(run, node.right)
    method = OPERATORS.get(type(node.op))
    own: Values = NOTHING
    for value in left:
        if method is not None and isinstance(value, Instance):
            own |= attributes.call_method(run, node, value, method, [right])
    if own:
        return own
    if isinstance(node.op, ast.Add | ast.Sub) and any(_is_date(value) for value in left | right):
        return frozenset(filter(_is_date, left | right))
    if isinstance(node.op, ast.Add):
        return frozenset(value for value in left | right if isinstance(value, Collection | Tuple | Elements))
    if isinstance(node.op, ast.Div):  # paths
        return frozenset(value for value in left if isinstance(value, External))
    objects = [value for value in left | right if isinstance(value, External) and value.path.endswith(")")]
    if isinstance(node.op, ast.BitOr) and objects:  # a chain of models and parsers, as LangChain makes it
        return frozenset(objects)
    if isinstance(node.op, ast.BitOr) and any(isinstance(value, Class | External | TypeForm) for value in left | right):
        return frozenset({TypeForm(node, run.frame)})
    if isinstance(node.op, ast.BitOr | ast.BitAnd | ast.Sub | ast.BitXor):
        if _is_keys(node.left) or _is_keys(node.right):
            return frozenset({Elements(NOTHING, unordered=True)})
        return frozenset(v for v in left | right if isinstance(v, Collection | Elements))
    return NOTHING


def _is_date(value: Value) -> bool:
    return isinstance(value, External) and value.path.startswith("datetime.") and value.path.endswith("()")


OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "__add__",
    ast.Sub: "__sub__",
    ast.Mult: "__mul__",
    ast.Div: "__truediv__",
    ast.Mod: "__mod__",
    ast.BitOr: "__or__",
    ast.BitAnd: "__and__",
    ast.LShift: "__lshift__",
    ast.RShift: "__rshift__",
}


def _is_keys(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("keys", "items")


def _starred(run: Run, node: ast.Starred) -> Values:
    return evaluate(run, node.value)


def _yield(run: Run, node: ast.Yield) -> Values:
    if node.value is not None:
        run.engine.add(run.frame.yielded, evaluate(run, node.value))
    return NOTHING


def _yield_from(run: Run, node: ast.YieldFrom) -> Values:
    run.engine.add(run.frame.yielded, iterated(run, evaluate(run, node.value)))
    return NOTHING


def _formatted(run: Run, node: ast.JoinedStr) -> Values:
    """An f-string: its parts' own methods make their text."""
    found: Values = NOTHING
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            found |= library.as_text(run, part, evaluate(run, part.value))
            if part.format_spec is not None:
                evaluate(run, part.format_spec)
    return found if len(node.values) == 1 else NOTHING


EVALUATORS |= {
    ast.JoinedStr: _formatted,
    ast.Name: _name,
    ast.Constant: _constant,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Await: _await,
    ast.Lambda: _lambda,
    ast.IfExp: _ternary,
    ast.BoolOp: _boolean,
    ast.NamedExpr: _walrus,
    ast.BinOp: _operator,
    ast.Tuple: displays.tuple_,
    ast.List: displays.list_,
    ast.Set: displays.set_,
    ast.Dict: displays.dict_,
    ast.Starred: _starred,
    ast.Subscript: displays.subscript,
    ast.ListComp: displays.comprehension,
    ast.SetComp: displays.comprehension,
    ast.GeneratorExp: displays.comprehension,
    ast.DictComp: displays.comprehension,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
}
