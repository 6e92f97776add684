"""What `ctx.random()` and `ctx.uuid()` start from: the server derives it from the invocation's id.

The server sends the seed with each attempt and its introspection does not show it. That it is SipHash-1-3 of the id
holds for Restate 1.7, and a live test in the template's own suite compares it with what ran.
"""

import string
import struct

import siphash24  # type: ignore[import-not-found]

PREFIX = "inv_1"
DIGITS = string.digits + string.ascii_lowercase + string.ascii_uppercase
PARTITION_DIGITS = 11


def id_bytes(invocation_id: str) -> bytes:
    """The 24 bytes behind an id: 8 of the partition key, 16 of the invocation.

    Raises:
        ValueError: it is no id of this form.
    """
    digits = invocation_id.removeprefix(PREFIX)
    try:
        partition, unique = _number(digits[:PARTITION_DIGITS]), _number(digits[PARTITION_DIGITS:])
        if digits == invocation_id or len(digits) <= PARTITION_DIGITS:
            raise ValueError
        return struct.pack("<Q", partition) + unique.to_bytes(16, "little")
    except (ValueError, struct.error, OverflowError):
        raise ValueError(f"'{invocation_id}' is no invocation id that starts with {PREFIX}") from None


def random_seed(invocation_id: str) -> int:
    """The seed of an invocation that was never restarted from another."""
    data = id_bytes(invocation_id)
    hashed = siphash24.siphash13(struct.pack("<Q", len(data)) + data, key=bytes(16)).digest()
    return int.from_bytes(hashed, "little")


def _number(digits: str) -> int:
    number = 0
    for digit in digits:
        number = number * len(DIGITS) + DIGITS.index(digit)
    return number
