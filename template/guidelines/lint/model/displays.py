"""Lists, sets, dicts, tuples, comprehensions and subscripts."""

from __future__ import annotations

import ast

from guidelines.lint.model import attributes, binding, hints
from guidelines.lint.model.evaluation import evaluate
from guidelines.lint.model.flow import collection, contents, is_unordered, iterated, shallow
from guidelines.lint.model.run import Run
from guidelines.lint.model.values import (
    NOTHING,
    Class,
    Collection,
    External,
    Instance,
    Tuple,
    TypeForm,
    Value,
    Values,
)


def tuple_(run: Run, node: ast.Tuple) -> Values:
    if any(isinstance(item, ast.Starred) for item in node.elts):
        return list_(run, node)
    return frozenset({Tuple(tuple(shallow(evaluate(run, item)) for item in node.elts))})


def list_(run: Run, node: ast.List | ast.Tuple) -> Values:
    elements, unordered = _items(run, node.elts)
    return collection(run, "list", node, elements, unordered=unordered)


def _items(run: Run, nodes: list[ast.expr]) -> tuple[Values, bool]:
    elements, unordered = NOTHING, False
    for item in nodes:
        values = evaluate(run, item)
        if isinstance(item, ast.Starred):
            unordered = unordered or is_unordered(run.engine, values)
            values = iterated(run, values)
        elements |= values
    return elements, unordered


def set_(run: Run, node: ast.Set) -> Values:
    elements, _ = _items(run, node.elts)
    numbers = all(isinstance(item, ast.Constant) and isinstance(item.value, int) for item in node.elts)
    return collection(run, "set", node, elements, unordered=not numbers)


def dict_(run: Run, node: ast.Dict) -> Values:
    elements: Values = NOTHING
    site = (node, run.frame)
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            elements |= contents(run, evaluate(run, value))
            continue
        evaluate(run, key)
        values = evaluate(run, value)
        elements |= values
        if isinstance(key, ast.Constant):
            run.engine.keys.setdefault(site, set()).add(key.value)
            run.engine.add(run.engine.cell("item", site, key.value), shallow(values))
    return collection(run, "dict", node, elements)


def comprehension(run: Run, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Values:
    before = dict(run.names)
    unordered = False
    for generator in node.generators:
        values = evaluate(run, generator.iter)
        unordered = unordered or is_unordered(run.engine, values)
        binding.bind(run, generator.target, iterated(run, values))
        for condition in generator.ifs:
            evaluate(run, condition)
    if isinstance(node, ast.DictComp):
        evaluate(run, node.key)
        elements = evaluate(run, node.value)
        kind = "dict"
    else:
        elements = evaluate(run, node.elt)
        kind = "set" if isinstance(node, ast.SetComp) else "list"
    walrus = run.engine.walruses.get(node)
    if walrus is None:
        walrus = {inner.target.id for inner in ast.walk(node) if isinstance(inner, ast.NamedExpr)}
        run.engine.walruses[node] = walrus
    run.names = before | {name: values for name, values in run.names.items() if name in walrus}
    return collection(run, kind, node, elements, unordered=unordered or kind == "set")


def subscript(run: Run, node: ast.Subscript) -> Values:
    bases = evaluate(run, node.value)
    found: Values = NOTHING
    for base in bases:
        if isinstance(base, External):
            if hints.is_type(base.path):
                found |= {TypeForm(node, run.frame), base}
            elif base.path in ("os.environ", "sys.argv"):
                run.frame.externals.setdefault(node, set()).add(base.path)
            else:
                found |= {External(attributes.extended(base.path, "[]"))} if base.path.endswith(")") else {base}
        elif isinstance(base, Class):
            found |= {base}
        elif isinstance(base, Tuple):
            found |= _item(base, node.slice)
        elif isinstance(base, Instance):
            found |= attributes.call_method(run, node, base, "__getitem__", [evaluate(run, node.slice)])
    if not hints.is_type_expression(bases):
        evaluate(run, node.slice)
    return found.union(*(_at(run, base, node.slice) for base in bases))


def _at(run: Run, base: Value, index: ast.expr) -> Values:
    """What is at an index; of a dict that is written down with the key, not what is there for other keys."""
    found = contents(run, frozenset({base}))
    keys = run.engine.keys.get(base.site, set()) if isinstance(base, Collection) else set()
    if isinstance(base, Collection) and isinstance(index, ast.Constant) and index.value in keys:
        items = {key: run.engine.read(run.engine.cell("item", base.site, key)) for key in keys}
        here = items.pop(index.value)
        return found - frozenset().union(*items.values()) | here
    return found


def _item(base: Tuple, index: ast.expr) -> Values:
    if isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub) and isinstance(index.operand, ast.Constant):
        number = -index.operand.value if isinstance(index.operand.value, int) else None
    else:
        number = index.value if isinstance(index, ast.Constant) and isinstance(index.value, int) else None
    if isinstance(number, int) and -len(base.items) <= number < len(base.items):
        return base.items[number]
    if isinstance(index, ast.Slice):
        return frozenset({base})
    return frozenset(value for item in base.items for value in item)
