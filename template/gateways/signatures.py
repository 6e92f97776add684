"""Signatures on the payment provider's callbacks: an HMAC over the raw body and the time it was sent."""

import hashlib
import hmac
from datetime import timedelta


class BadSignature(Exception):
    """The body was not signed with our secret."""


class StaleSignature(Exception):
    """Signed, but too long ago (or for the future): perhaps a replayed recording."""


def sign(body: bytes, *, secret: str, timestamp: int) -> str:
    """The value of the `Webhook-Signature` header for a body sent at `timestamp` (Unix seconds)."""
    return "v1=" + hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def verify(body: bytes, *, secret: str, signature: str, timestamp: str, now: float, tolerance: timedelta) -> None:
    """Checks a delivery; `timestamp` and `signature` as they came in the headers, `now` in Unix seconds.

    Raises:
        BadSignature: missing, malformed or of another secret or body.
        StaleSignature: right, but further from `now` than `tolerance`.
    """
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        raise BadSignature("no valid Webhook-Timestamp")
    expected = sign(body, secret=secret, timestamp=int(timestamp))
    if not hmac.compare_digest(expected.encode(), signature.encode()):  # in constant time
        raise BadSignature("the signature does not match the body")
    if abs(now - int(timestamp)) > tolerance.total_seconds():
        raise StaleSignature(f"signed more than {tolerance.total_seconds():g} s ago")
