"""What a type annotation says about a value."""

from __future__ import annotations

import ast
from functools import lru_cache

from guidelines.lint.model import attributes, sdk
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.run import Run, outer_lookup
from guidelines.lint.model.values import (
    NOTHING,
    Class,
    Collection,
    Context,
    External,
    Instance,
    TypeForm,
    Unit,
    Values,
)

SETS = {"builtins.set", "builtins.frozenset", "typing.Set", "typing.FrozenSet", "typing.AbstractSet"}
SETS |= {"typing.MutableSet", "collections.abc.Set", "collections.abc.MutableSet"}
DICTS = {"builtins.dict", "typing.Dict", "typing.Mapping", "typing.MutableMapping", "collections.abc.Mapping"}
DICTS |= {"collections.abc.MutableMapping", "collections.defaultdict", "collections.OrderedDict", "typing.DefaultDict"}
LISTS = {"builtins.list", "builtins.tuple", "typing.List", "typing.Tuple", "typing.Sequence", "typing.Iterable"}
LISTS |= {"typing.Collection", "typing.Iterator", "typing.AsyncIterator", "typing.AsyncIterable", "collections.deque"}
LISTS |= {f"collections.abc.{path.rpartition('.')[2]}" for path in LISTS} | {"typing.MutableSequence"}
FIRST = {"Annotated", "Optional", "Final", "ClassVar", "Required", "NotRequired", "ReadOnly", "Awaitable", "InitVar"}
LAST = {"Coroutine"}
ALL = {"Union"}


def is_type(path: str) -> bool:
    """Whether a subscript of this is a type."""
    module = path.rpartition(".")[0]
    return path in SETS | DICTS | LISTS or module in ("typing", "typing_extensions", "collections.abc", "dataclasses")


def is_type_expression(values: Values) -> bool:
    return bool(values) and all(
        isinstance(value, Class | TypeForm) or (isinstance(value, External) and is_type(value.path)) for value in values
    )


@lru_cache(maxsize=10_000)
def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def values_of(run: Run, scope: Frame | None, node: ast.expr | None, depth: int = 0) -> Values:
    """What a variable with this annotation may be, names looked up in `scope`."""
    if node is None or depth > 8:
        return NOTHING
    match node:
        case ast.Constant(value=str(text)):
            return values_of(run, scope, _parsed(text), depth + 1)
        case ast.BinOp(op=ast.BitOr()):
            return values_of(run, scope, node.left, depth + 1) | values_of(run, scope, node.right, depth + 1)
        case ast.Subscript():
            return _subscript(run, scope, node, depth)
        case ast.Name() | ast.Attribute():
            found: Values = NOTHING
            for value in named(run, scope, node):
                if isinstance(value, TypeForm):
                    found |= values_of(run, value.frame, value.node, depth + 1)
                elif isinstance(value, External) and value.path in SETS | DICTS | LISTS:
                    found |= _collection(value.path, node, NOTHING, run)
                elif isinstance(value, External):
                    found |= instance_of(value.path)
                elif isinstance(value, Class):
                    found |= _instance(value)
            return found
    return NOTHING


def named(run: Run, scope: Frame | None, node: ast.expr) -> Values:
    match node:
        case ast.Name(id=name):
            if scope is run.frame:
                return run.lookup(name)
            if scope is not None and isinstance(scope.function.node, ast.ClassDef):
                scope = scope.closure
            return outer_lookup(run.engine, scope, name)
        case ast.Attribute(value=value, attr=attr):
            found: Values = NOTHING
            for owner in named(run, scope, value):
                if isinstance(owner, Unit | External | Class):
                    found |= attributes.get(run, node, owner, attr)
            return found
    return NOTHING


def _instance(value: Class) -> Values:
    bases = value.definition.all_external_bases()
    if bases & sdk.CONTEXTS:
        return frozenset({Context()})
    return frozenset({Instance(value.definition, None, exact=False)})


def instance_of(path: str) -> Values:
    """An object of an external class, when it matters which."""
    if path in sdk.CONTEXTS:
        return frozenset({Context()})
    if path.startswith(("builtins.", "typing.")) or path.endswith(")"):
        return NOTHING
    return frozenset({External(attributes.extended(path, "()"))})


def _collection(path: str, node: ast.expr, elements: Values, run: Run) -> Values:
    kind = "set" if path in SETS else "dict" if path in DICTS else "list"
    site = (node, None)
    run.engine.add(run.engine.cell("contents", site), elements)
    return frozenset({Collection(kind, site, unordered=kind == "set")})


def _subscript(run: Run, scope: Frame | None, node: ast.Subscript, depth: int) -> Values:
    inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    found: Values = NOTHING
    for base in named(run, scope, node.value):
        if isinstance(base, Class):
            found |= _instance(base)
        if not isinstance(base, External):
            continue
        name = base.path.rpartition(".")[2]
        if base.path in SETS | LISTS:
            elements = NOTHING
            for item in inner:
                elements |= values_of(run, scope, item, depth + 1)
            found |= _collection(base.path, node, elements, run)
        elif base.path in DICTS:
            found |= _collection(base.path, node, values_of(run, scope, inner[-1], depth + 1), run)
        elif name in FIRST and inner:
            found |= values_of(run, scope, inner[0], depth + 1)
        elif name in LAST and inner:
            found |= values_of(run, scope, inner[-1], depth + 1)
        elif name in ALL:
            for item in inner:
                found |= values_of(run, scope, item, depth + 1)
        elif name in ("type", "Type", "Callable", "Literal", "Generic", "TypeVar"):
            continue
        elif not base.path.startswith("typing."):
            found |= instance_of(base.path)
    return found
