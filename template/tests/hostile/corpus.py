"""Nasty JSON, and where to put it: in place of a whole document, and in place of each value in one that would do."""

import json
import re
from collections.abc import Iterator
from typing import Any

CANARY = "tok-canary-4242424242424242"
"""Sent wherever a secret would be: whoever repeats it would repeat a secret."""

SECRET_NAME = re.compile(r"token|secret|password|card|iban|api_?key", re.IGNORECASE)
"""Fields that hold secrets, by their names."""

DEPTH = 20_000
MEGABYTE = 1_000_000

VALUES = {
    "nested lists": "[" * DEPTH + "]" * DEPTH,
    "nested objects": '{"a":' * DEPTH + "1" + "}" * DEPTH,
    "lists that never close": "[" * DEPTH,
    "a number with 5,000 digits": "9" * 5_000,
    "beyond 64 bits": str(2**64),
    "beyond 63 bits, below zero": str(-(2**63) - 1),
    "beyond a double": "1e400",
    "almost nothing": "1e-400",
    "minus zero": "-0",
    "a fraction": "1.0000000000000000001",
    "a hexadecimal number": "0x10",
    "a leading zero": "007",
    "NaN": "NaN",
    "Infinity": "Infinity",
    "minus Infinity": "-Infinity",
    "null": "null",
    "true": "true",
    "an empty string": '""',
    "a lone surrogate": r'"\ud800"',
    "half a pair the wrong way round": r'"\udc00\ud83d"',
    "an escaped NUL": r'"\u0000"',
    "a raw line feed": '"\n"',
    "a string of control characters": json.dumps("".join(map(chr, range(1, 32)))),
    "right to left": json.dumps("\u202etxt.exe\u2066"),
    "combining marks": json.dumps("e" + "\u0301" * 1_000, ensure_ascii=False),
    "a path": json.dumps("../../etc/passwd"),
    "SQL": json.dumps("'; drop table sales; --"),
    "a format string": json.dumps("{0.__class__} %s%n ${jndi:ldap://localhost}"),
    "the prototype": '{"__proto__": {"admin": true}, "constructor": null}',
    "duplicate keys": '{"a": 1, "a": 2, "": 3, "": 4}',
    "a trailing comma": "[1, 2, ]",
    "a comment": "/* */ 1",
    "two documents": "{} {}",
    "a megabyte of string": json.dumps("x" * MEGABYTE),
    "a megabyte of list": "[" + "0," * (MEGABYTE // 2) + "0]",
    "a megabyte of keys": "{" + ",".join(f'"key{number}":0' for number in range(MEGABYTE // 12)) + "}",
    "a very long duration": '"P999999999Y"',
    "a date that never was": '"2026-02-31T25:61:61Z"',
}
"""JSON values as text, by what is nasty about them; some are no JSON."""

SHORT = {name: text for name, text in VALUES.items() if len(text) < MEGABYTE // 2}
"""What is put in place of each single value."""

BODIES = {
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "invalid UTF-8": b'{"a": "\xc0\x80\xff"}',
    "overlong surrogates": b'"\xed\xa0\x80"',
    "only NUL": b"\x00" * 100,
    "only spaces": b" " * 10_000,
    "8 megabytes": b'"' + b"x" * (8 * MEGABYTE) + b'"',
} | {name: text.encode() for name, text in VALUES.items()}
"""Whole bodies."""


def documents(schema: Any) -> Iterator[tuple[str, bytes]]:
    """Bodies for a handler with this schema of its input, each with what is nasty about it."""
    good = example(schema)
    for place in places(good):
        for name, text in SHORT.items():
            yield f"{name} at {'.'.join(map(str, place))}", put(good, place, text).encode()
    if isinstance(good, dict):
        text = json.dumps(good)
        yield "each key twice", f"{text[:-1]}, {text[1:]}".encode()
        yield "a key nobody knows", json.dumps(good | {"password": CANARY}).encode()
        yield "a secret of the wrong type", json.dumps({name: {"value": [CANARY]} for name in good}).encode()


def example(schema: Any, name: str = "") -> Any:
    """A document that fits the schema, as long as that asks for nothing unusual; `name` is the field's."""
    if not isinstance(schema, dict):
        return None
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return example(choices[0], name)
    match schema.get("type"):
        case "object":
            return {field: example(inner, field) for field, inner in schema.get("properties", {}).items()}
        case "array":
            return [example(schema.get("items"), name)] if schema.get("minItems", 1) else []
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case "string" if schema.get("format") == "duration":
            return "PT1H"
        case "string":
            return CANARY if SECRET_NAME.search(name) else "example"
    return None


Place = tuple[str | int, ...]


def places(value: object, above: Place = ()) -> Iterator[Place]:
    """The way to each value inside a document."""
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    for name, item in inner:
        yield (*above, name)
        yield from places(item, (*above, name))


def put(document: object, place: Place, text: str) -> str:
    """The document as text, with `text` in one place."""
    if not place:
        return text
    first, rest = place[0], place[1:]
    if isinstance(document, dict):
        members = (
            f"{json.dumps(name)}: {put(item, rest, text) if name == first else json.dumps(item)}"
            for name, item in document.items()
        )
        return "{" + ", ".join(members) + "}"
    assert isinstance(document, list)
    items = (put(item, rest, text) if at == first else json.dumps(item) for at, item in enumerate(document))
    return "[" + ", ".join(items) + "]"
