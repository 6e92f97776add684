"""Protocol Buffers as they travel: fields by number, and the frames of Restate's service protocol.

Only what the service protocol needs: no field of it is a float, packed, or a group.
"""

import struct
from collections.abc import Iterator

Field = tuple[int, int | bytes]
"""Number and value: an int for a varint, bytes for text, bytes and nested messages."""

FRAME = struct.Struct(">HHI")
"""Type, flags, length of the body."""

VARINT, LENGTH_DELIMITED = 0, 2


class Malformed(Exception):
    """These bytes are no message of the service protocol."""


def encode(*fields: Field) -> bytes:
    """A message of these fields, in this order."""
    return b"".join(_encoded(number, value) for number, value in fields)


def decode(message: bytes) -> list[Field]:
    """The fields of a message, in order.

    Raises:
        Malformed: it is cut off, or has a field of another kind than Restate's.
    """
    fields: list[Field] = []
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        value, at = _varint(message, at)
        if tag & 7 == VARINT:
            fields.append((tag >> 3, value))
        elif tag & 7 == LENGTH_DELIMITED and at + value <= len(message):
            fields.append((tag >> 3, message[at : at + value]))
            at += value
        else:
            raise Malformed(f"a field of wire type {tag & 7}, or one that is cut off, at byte {at}")
    return fields


def frame(code: int, body: bytes) -> bytes:
    return FRAME.pack(code, 0, len(body)) + body


def frames(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and body of each message of a stream; one that is cut off at the end is left out."""
    at = 0
    while at + FRAME.size <= len(stream):
        code, _, length = FRAME.unpack_from(stream, at)
        at += FRAME.size
        if at + length <= len(stream):
            yield code, stream[at : at + length]
        at += length


def _encoded(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return _to_varint(number << 3 | VARINT) + _to_varint(value)
    return _to_varint(number << 3 | LENGTH_DELIMITED) + _to_varint(len(value)) + value


def _to_varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """The number at a position, and the position after it."""
    number = shift = 0
    while at < len(message):
        byte = message[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at
    raise Malformed("a number is cut off")
