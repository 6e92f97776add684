"""What a change of a schema breaks, by example."""

from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from deploy.schemas import narrowed_input, widened_output


def schema(type_: Any) -> Any:
    return TypeAdapter(type_).json_schema()


class Line(BaseModel):
    sku: str
    quantity: int = 1


class LineInGrams(BaseModel):
    sku: str
    grams: int = 1


class Strict(Line):
    model_config = ConfigDict(extra="forbid")


class Node(BaseModel):
    name: str
    children: list["Node"] = []


class OtherNode(BaseModel):
    name: str
    children: list["OtherNode"] = []
    colour: str | None = None


class StrictNode(BaseModel):
    name: str = Field(min_length=3)
    children: list["StrictNode"] = []


class Card(BaseModel):
    kind: Literal["card"]
    number: str


class Cash(BaseModel):
    kind: Literal["cash"]


class Transfer(BaseModel):
    kind: Literal["transfer"]
    iban: str


Old = Annotated[Card | Cash, Field(discriminator="kind")]
New = Annotated[Card | Cash | Transfer, Field(discriminator="kind")]

WIDER = [
    (int, int | None),
    (int, float),
    (Literal["a"], Literal["a", "b"]),
    (Literal["a", "b"], str),
    (date, str),
    (Annotated[int, Field(ge=3, le=5)], Annotated[int, Field(ge=1)]),
    (Annotated[int, Field(gt=3)], Annotated[int, Field(ge=3)]),
    (Annotated[str, Field(max_length=5)], Annotated[str, Field(max_length=9)]),
    (list[int], list[int | str]),
    (tuple[int, str], list[int | str]),
    (dict[str, int], dict[str, float]),
    (list[Line], list[Line | Card]),
    (Node, OtherNode),
    (Old, New),
    (Line, Any),
]
"""The second takes all that the first does."""


@pytest.mark.parametrize(("old", "new"), WIDER, ids=lambda each: str(each)[:40])
def test_input_may_become_wider(old: Any, new: Any) -> None:
    assert narrowed_input(schema(old), schema(new)) == []


@pytest.mark.parametrize(("new", "old"), WIDER, ids=lambda each: str(each)[:40])
def test_input_may_not_become_narrower(old: Any, new: Any) -> None:
    if {old, new} != {Node, OtherNode}:  # there the only difference is an optional field, and tested below
        assert narrowed_input(schema(old), schema(new)) != []


@pytest.mark.parametrize(("new", "old"), WIDER, ids=lambda each: str(each)[:40])
def test_output_may_become_narrower(old: Any, new: Any) -> None:
    if {old, new} != {Node, OtherNode}:  # a field goes
        assert widened_output(schema(old), schema(new)) == []


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (int, str, "was integer, is string"),
        (Line, LineInGrams, "quantity: is not read any more"),
        (list[Line], list[LineInGrams], "[].quantity: is not read any more"),
        (dict[str, Line], dict[str, LineInGrams], "*.quantity: is not read any more"),
        (Line, Strict, "refuses fields that it does not know now"),
        (OtherNode, Node, "colour: is not read any more"),
        (Node, StrictNode, "name: was minLength 0, is 3"),
        (str, date, "was format none, is date"),
        (Literal["a", "b"], Literal["a"], '"b" is not taken any more'),
        (Annotated[int, Field(ge=1)], Annotated[int, Field(ge=2)], "was minimum 1, is minimum 2"),
        (dict[str, Any], Line, "sku: is required now"),
        (New, Old, 'kind: "transfer" is not taken any more'),
    ],
)
def test_narrowed_input_is_explained(old: Any, new: Any, change: str) -> None:
    assert change in [str(each) for each in narrowed_input(schema(old), schema(new))]


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (Line, LineInGrams, "quantity: is not returned any more"),
        (Literal["a"], Literal["a", "b"], '"b" is new'),
        (int, int | None, "was integer, is integer or null"),
    ],
)
def test_widened_output_is_explained(old: Any, new: Any, change: str) -> None:
    assert change in [str(each) for each in widened_output(schema(old), schema(new))]


def test_a_new_field_in_the_output_surprises_nobody() -> None:
    assert widened_output(schema(Node), schema(OtherNode)) == []


def test_a_keyword_that_is_not_known_must_be_the_same() -> None:
    odd = {"type": "string", "contentEncoding": "base64"}
    assert narrowed_input({"type": "string"}, odd) != []
    assert narrowed_input(odd, {"type": "string"}) == []


def test_what_cannot_be_compared_counts_as_broken() -> None:
    elsewhere = {"$ref": "https://example.com/order.json"}
    (change,) = narrowed_input({"type": "string"}, elsewhere)
    assert "cannot be compared" in str(change)


def test_a_schema_that_is_nothing_but_itself_ends() -> None:
    loop = {"$defs": {"A": {"$ref": "#/$defs/A"}}, "$ref": "#/$defs/A"}
    assert narrowed_input(loop, {"type": "string"}) == []


def test_models_that_refer_to_each_other_are_compared_once() -> None:
    """Every one to every other: whoever follows all paths is still busy tomorrow."""
    names = [f"M{number}" for number in range(14)]

    def tangle(bound: int) -> Any:
        links = {name: {"$ref": f"#/$defs/{name}"} for name in names}
        leaf = {"type": "integer", "minimum": bound}
        models = {name: {"type": "object", "properties": {**links, "size": leaf}} for name in names}
        return {"$defs": models, "$ref": "#/$defs/M0"}

    assert narrowed_input(tangle(2), tangle(1)) == []
    assert narrowed_input(tangle(1), tangle(2)) != []


def test_what_followed_from_a_wrong_assumption_is_forgotten() -> None:
    """While A is compared, B fits if A does; then A does not, which `first` survives and `second` does not."""

    a, b = {"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}
    box = {"type": "object", "properties": {"a": a}}

    def orders(x: str, first: Any) -> Any:
        definitions = {"A": {"type": "object", "properties": {"b": b, "x": {"type": x}}}, "B": box}
        return {"$defs": definitions, "type": "object", "properties": {"first": first, "second": b}}

    old, new = orders("string", box | {"title": "Box"}), orders("integer", {"anyOf": [box, {}]})
    assert [change.path for change in narrowed_input(old, new)] == ["second.a.x"]
