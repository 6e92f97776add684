"""What a change of a JSON schema breaks: what somebody still writes as one schema says, and somebody reads as another.

Old callers write input that the new version reads; the new version writes output that old callers read. Read as a
contract between programs, a field that a model does not name is not sent, so a new optional field breaks nobody; and a
field that is no longer there does, even though its value would be let through and ignored. What cannot be compared
counts as broken.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator

Schema = bool | Mapping[str, Any]
Node = dict[str, Any]

ANNOTATIONS = {
    "$comment",
    "$defs",
    "$id",
    "$schema",
    "default",
    "definitions",
    "deprecated",
    "description",
    "discriminator",
    "examples",
    "readOnly",
    "title",
    "writeOnly",
}

LOWER_BOUNDS = ("minLength", "minItems", "minProperties")
UPPER_BOUNDS = ("maxLength", "maxItems", "maxProperties")
STRUCTURE = {"enum", "type", "properties", "required", "additionalProperties", "prefixItems", "items"}
COMPARED = STRUCTURE | {*LOWER_BOUNDS, *UPPER_BOUNDS, "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
"""What is compared by what it means; everything else must be equal, or absent from the reader."""


class Change(NamedTuple):
    """Where in a value, such as "lines[].sku", and what about it."""

    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}" if self.path else self.text

    def below(self, step: str) -> "Change":
        dot = "." if self.path and not self.path.startswith("[") else ""
        return Change(f"{step}{dot}{self.path}", self.text)


class Unclear(Exception):
    """A schema means something that is not compared here."""


def narrowed_input(old: Schema, new: Schema) -> list[Change]:
    """Why some of what callers of the old version send is refused or ignored by the new one; empty if nothing is."""
    return [] if old == new else Comparison(writer_root=old, reader_root=new, reads_new=True).changes(old, new)


def widened_output(old: Schema, new: Schema) -> list[Change]:
    """Why some of what the new version returns surprises callers of the old one; empty if nothing does."""
    return [] if old == new else Comparison(writer_root=new, reader_root=old, reads_new=False).changes(new, old)


@dataclass
class Comparison:
    """Of all that one schema writes with what another reads. Either is the old one: `reads_new` says which."""

    writer_root: Schema
    reader_root: Schema
    reads_new: bool
    _known: dict[str, list[Change]] = field(default_factory=dict)

    def changes(self, writer: Schema, reader: Schema) -> list[Change]:
        """Each reason why a value of `writer` does not suit `reader`.

        Schemas may contain themselves: a pair that is being compared is taken to fit, until it is known not to, and
        then what was concluded from it is forgotten.
        """
        pair = json.dumps([writer, reader], sort_keys=True)
        if pair not in self._known:
            before = len(self._known)
            self._known[pair] = []
            try:
                found = self._alternatives(writer, reader)
            except Unclear as error:
                found = [Change("", f"cannot be compared ({error})")]
            if found:
                for concluded in list(self._known)[before:]:
                    if not self._known[concluded]:
                        del self._known[concluded]
                self._known[pair] = found
        return self._known[pair]

    def _alternatives(self, writer: Schema, reader: Schema) -> list[Change]:
        writers = list(alternatives(writer, self.writer_root))
        readers = list(alternatives(reader, self.reader_root))
        found: list[Change] = []
        for written in writers:
            attempts = [self._one(written, read) for read in readers]
            if all(attempts):  # nobody reads it
                closest = min(attempts, key=lambda changes: (not changes[0].path, len(changes)), default=[])
                of_one = closest and (closest[0].path or len(readers) == len(writers) == 1)
                found += closest if of_one else [self._was(_names(writers), _names(readers))]
        return list(dict.fromkeys(found))

    def _one(self, writer: Node, reader: Node) -> list[Change]:
        """Compares where neither has alternatives."""
        if not reader.keys() - ANNOTATIONS:
            return []
        if "enum" in writer:
            return self._values(writer["enum"], reader)
        kind, wanted = writer.get("type"), reader.get("type")
        if "enum" in reader or kind is None or wanted not in (None, kind, "number" if kind == "integer" else kind):
            return [self._was(_name(writer), _name(reader))]
        found = [*self._bounds(writer, reader), *self._others(writer, reader)]
        if kind == "object":
            found += self._objects(writer, reader)
        if kind == "array":
            found += self._arrays(writer, reader)
        return found

    def _values(self, values: list[Any], reader: Node) -> list[Change]:
        root = self.reader_root if isinstance(self.reader_root, Mapping) else {}
        definitions = {name: root[name] for name in ("$defs", "definitions") if name in root}
        validator = Draft202012Validator({**definitions, **reader})
        refused = [json.dumps(value) for value in values if not validator.is_valid(value)]
        return (
            [Change("", f"{', '.join(refused)} {'is not taken any more' if self.reads_new else 'is new'}")]
            if refused
            else []
        )

    def _bounds(self, writer: Node, reader: Node) -> Iterator[Change]:
        for name in LOWER_BOUNDS:
            if writer.get(name, 0) < reader.get(name, 0):
                yield self._was(f"{name} {writer.get(name, 0)}", str(reader[name]))
        for name in UPPER_BOUNDS:
            if writer.get(name, float("inf")) > reader.get(name, float("inf")):
                yield self._was(f"{name} {writer.get(name, 'unlimited')}", str(reader[name]))
        for side, sign in (("minimum", -1), ("maximum", 1)):
            written, read = _limit(writer, side, sign), _limit(reader, side, sign)
            if written > read:
                yield self._was(_limit_name(writer, side), _limit_name(reader, side))

    def _others(self, writer: Node, reader: Node) -> Iterator[Change]:
        for name in sorted(reader.keys() - ANNOTATIONS - COMPARED):
            if writer.get(name) != reader[name]:
                yield self._was(f"{name} {writer.get(name, 'none')}", str(reader[name]))

    def _objects(self, writer: Node, reader: Node) -> Iterator[Change]:
        written, read = writer.get("properties", {}), reader.get("properties", {})
        sent, taken = _unnamed(writer), _unnamed(reader)
        if sent is False:
            sent = None
        gone = set() if self.reads_new or sent is not None else read.keys() - written.keys()
        for name in sorted(gone):
            yield Change(name, "is not returned any more")
        for name in sorted({*reader.get("required", ())} - {*writer.get("required", ())} - gone):
            yield Change(name, "is required now" if self.reads_new else "may be missing now")
        for name in sorted(written.keys() | read.keys()):
            if name in written and name not in read and taken is None:
                if self.reads_new:
                    yield Change(name, "is not read any more")
            elif name in written or sent is not None:
                changes = self.changes(written.get(name, sent), read.get(name, taken))
                yield from (change.below(name) for change in changes)
        yield from self._unnamed_fields(writer, sent, taken)

    def _unnamed_fields(self, writer: Node, sent: Schema | None, taken: Schema | None) -> Iterator[Change]:
        if sent is not None and taken is not None:
            yield from (change.below("*") for change in self.changes(sent, taken))
        elif self.reads_new and sent is not None:
            yield Change("*", "is not read any more")
        elif self.reads_new and taken is False and writer.get("additionalProperties") is not False:
            yield Change("", "refuses fields that it does not know now")

    def _arrays(self, writer: Node, reader: Node) -> Iterator[Change]:
        first, second = writer.get("prefixItems", []), reader.get("prefixItems", [])
        positions = max(len(first), len(second))
        limit = writer.get("maxItems", float("inf"))
        for index in range(positions):
            if index < limit:
                changes = self.changes(_item(writer, index), _item(reader, index))
                yield from (change.below(f"[{index}]") for change in changes)
        if positions < limit:
            changes = self.changes(_item(writer, positions), _item(reader, positions))
            yield from (change.below("[]") for change in changes)

    def _was(self, written: str, read: str) -> Change:
        old, new = (written, read) if self.reads_new else (read, written)
        return Change("", f"was {old}, is {new}")


def alternatives(schema: Schema, root: Schema, seen: frozenset[str] = frozenset()) -> Iterator[Node]:
    """The schemas of which a value must match one: without references, unions, constants, or several types.

    Raises:
        Unclear: for a reference to elsewhere, and for what must match several schemas that say the same twice.
    """
    if isinstance(schema, bool):
        if schema:
            yield {}
        return
    node = dict(schema)
    if (reference := node.pop("$ref", None)) is not None:
        if reference not in seen:  # else it is nothing but itself
            yield from alternatives(_both(node, _resolved(reference, root)), root, seen | {reference})
    elif "allOf" in node:
        for part in node.pop("allOf"):
            node = _both(node, part)
        yield from alternatives(node, root, seen)
    elif union := next((name for name in ("anyOf", "oneOf") if name in node), None):
        for part in node.pop(union):
            yield from alternatives(_both(node, part), root, seen)
    elif "const" in node:
        yield node | {"enum": [node.pop("const")]}
    elif "enum" not in node and isinstance(node.get("type"), list):
        for kind in node["type"]:
            yield node | {"type": kind}
    else:
        yield node


def _both(one: Node, other: Schema) -> Node:
    if isinstance(other, bool):
        return one if other else {"enum": []}
    for name in (one.keys() & other.keys()) - ANNOTATIONS:
        if one[name] != other[name]:
            raise Unclear(f"several schemas at once, with {name} in more than one")
    return {**one, **other}


def _resolved(reference: str, root: Schema) -> Schema:
    found: Any = root
    try:
        for step in reference.removeprefix("#").split("/")[1:]:
            found = found[step.replace("~1", "/").replace("~0", "~")]
    except (KeyError, TypeError):
        raise Unclear(f"the reference {reference} leads nowhere") from None
    if not reference.startswith("#"):
        raise Unclear(f"the reference {reference} leads elsewhere")
    return dict(found) if isinstance(found, Mapping) else bool(found)


def _unnamed(node: Node) -> Schema | None:
    """What fields may hold that have no name in the schema; None where there are none, or nobody reads them."""
    if "patternProperties" in node:
        return True
    others: Schema | None = node.get("additionalProperties")
    return True if others is None and "properties" not in node else others


def _item(node: Node, index: int) -> Schema:
    first: list[Schema] = node.get("prefixItems", [])
    others: Schema = node.get("items", True)
    return first[index] if index < len(first) else others


def _limit(node: Node, side: str, sign: int) -> tuple[float, bool]:
    """The larger, the more a schema lets through; the second is whether the limit itself is."""
    exclusive = f"exclusive{side.capitalize()}"
    limits = [(sign * node[name], name == side) for name in (side, exclusive) if name in node]
    return min(limits, default=(float("inf"), True))


def _limit_name(node: Node, side: str) -> str:
    for name, words in ((f"exclusive{side.capitalize()}", "exclusive "), (side, "")):
        if name in node:
            return f"{words}{side} {node[name]}"
    return f"without {side}"


def _name(node: Node) -> str:
    if "enum" in node:
        return " or ".join(json.dumps(value) for value in node["enum"]) or "nothing"
    return str(node.get("type", "anything"))


def _names(nodes: list[Node]) -> str:
    return " or ".join(dict.fromkeys(map(_name, nodes))) or "nothing"
