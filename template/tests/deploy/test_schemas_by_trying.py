"""What a change of a schema breaks, by trying: values that the one side writes, on the other."""

import copy
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from deploy.schemas import Comparison, narrowed_input, widened_output

Json = Any

scalars = st.one_of(
    st.builds(
        lambda low, high: {"type": "integer", "minimum": low, "maximum": low + high},
        st.integers(0, 3),
        st.integers(0, 3),
    ),
    st.builds(lambda low: {"type": "number", "exclusiveMinimum": low}, st.integers(0, 3)),
    st.builds(
        lambda low, high: {"type": "string", "minLength": low, "maxLength": low + high},
        st.integers(0, 2),
        st.integers(0, 2),
    ),
    st.just({"type": ["string", "null"]}),
    st.just({"type": "boolean"}),
    st.just({"type": "null"}),
    st.builds(
        lambda values: {"enum": values},
        st.lists(st.sampled_from(["a", "bb", 1, None]), min_size=1, max_size=3, unique=True),
    ),
    st.builds(lambda value: {"const": value}, st.sampled_from(["a", 2, None])),
)


def objects(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    def build(fields: dict[str, Json], required: set[str], others: Json) -> Json:
        node = {"type": "object", "properties": fields, "required": sorted(required & fields.keys())}
        return node if others is None else node | {"additionalProperties": others}

    names = st.sampled_from("abc")
    return st.builds(
        build, st.dictionaries(names, inner, max_size=3), st.sets(names), st.none() | st.just(False) | inner
    )


def arrays(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    plain = st.builds(lambda items, most: {"type": "array", "items": items, "maxItems": most}, inner, st.integers(0, 3))
    pair = st.builds(lambda first, items: {"type": "array", "prefixItems": [first], "items": items}, inner, inner)
    return plain | pair


schemas = st.recursive(
    scalars,
    lambda inner: (
        objects(inner)
        | arrays(inner)
        | st.builds(lambda some: {"anyOf": some}, st.lists(inner, min_size=1, max_size=2))
    ),
    max_leaves=6,
)


@st.composite
def changed(draw: st.DrawFn, before: Json) -> Json:
    """Another schema that differs in a few places: few of two random ones have anything in common."""
    after = copy.deepcopy(before)
    for _ in range(draw(st.integers(0, 2))):
        spots = list(_spots(after))
        parent, key = draw(st.sampled_from(spots)) if spots else (None, None)
        if parent is None:
            return draw(schemas)
        part = parent[key]
        parent[key] = draw(st.one_of(schemas, st.just({"anyOf": [part, {"type": "null"}]}), st.just({})))
    return after


def _spots(node: Json) -> Any:
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), dict):
            yield node, key
            yield from _spots(node[key])
    for key in ("properties", "anyOf", "prefixItems"):
        inner = node.get(key, {})
        for each in list(inner) if isinstance(inner, dict) else range(len(inner)):
            yield inner, each
            yield from _spots(inner[each])


def values(node: Json) -> st.SearchStrategy[Json]:
    """What a program writes that knows a schema: fields that are named there, and no others."""
    if node == {}:
        return st.sampled_from([None, True, 1, "a", [], {}])
    if "anyOf" in node:
        return st.one_of([values(each) for each in node["anyOf"]])
    if "enum" in node or "const" in node:
        return st.sampled_from(node.get("enum", [node.get("const")]))
    kind = node["type"]
    if isinstance(kind, list):
        return st.one_of([values({"type": each}) for each in kind])
    if kind == "array":
        items = st.lists(values(node["items"]), max_size=min(node.get("maxItems", 2), 3))
        first = st.tuples(*map(values, node.get("prefixItems", []))).map(list)
        return st.builds(lambda one, two: one + two, first, items) if "prefixItems" in node else items
    if kind == "object":
        fields = {name: values(each) for name, each in node["properties"].items()}
        required = {name: fields[name] for name in node["required"]}
        optional = {name: each for name, each in fields.items() if name not in required}
        named = st.fixed_dictionaries(required, optional=optional)
        others = node.get("additionalProperties")
        if not isinstance(others, dict):
            return named
        unnamed = st.dictionaries(
            st.sampled_from("abcd").filter(lambda name: name not in fields), values(others), max_size=2
        )
        return st.builds(lambda one, two: two | one, named, unnamed)
    return {
        "integer": st.integers(node.get("minimum", -2), node.get("maximum", 2)),
        "number": st.integers(node.get("exclusiveMinimum", 0) + 1, 9) | st.just(node.get("exclusiveMinimum", 0) + 0.5),
        "string": st.text("ab", min_size=node.get("minLength", 0), max_size=node.get("maxLength", 3)),
        "boolean": st.booleans(),
        "null": st.none(),
    }[kind]


@given(st.data())
@settings(max_examples=150, derandomize=True, deadline=None)
def test_what_old_callers_send_is_taken_if_the_input_did_not_narrow(data: st.DataObject) -> None:
    old = data.draw(schemas)
    new = data.draw(changed(old))
    assume(narrowed_input(old, new) == [])
    value = data.draw(values(old))
    assert Draft202012Validator(new).is_valid(value), value


@given(st.data())
@settings(max_examples=150, derandomize=True, deadline=None)
def test_what_the_new_version_returns_is_expected_if_the_output_did_not_widen(data: st.DataObject) -> None:
    old = data.draw(schemas)
    new = data.draw(changed(old))
    assume(widened_output(old, new) == [])
    value = data.draw(values(new))
    assert Draft202012Validator(old).is_valid(value), value


@given(schemas, st.booleans())
@settings(max_examples=100, derandomize=True, deadline=None)
def test_nothing_breaks_that_did_not_change(same: Json, reads_new: bool) -> None:
    again = copy.deepcopy(same)
    assert Comparison(writer_root=same, reader_root=again, reads_new=reads_new).changes(same, again) == []
