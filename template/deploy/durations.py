"""Durations as the server writes them ("1d 12h"), and as people read them."""

import re
from datetime import UTC, datetime, timedelta

UNITS = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3_600.0,
    "d": 86_400.0,
    "w": 604_800.0,
    "mo": 2_629_800.0,
    "y": 31_557_600.0,
}

PART = re.compile(r"([\d.]+)\s*([a-zµ]+)\s*")


def parse(text: str) -> timedelta:
    """Reads a duration of the server.

    Raises:
        ValueError: it is none.
    """
    position, seconds = 0, 0.0
    while match := PART.match(text, position):
        seconds += float(match[1]) * UNITS.get(match[2], float("nan"))
        position = match.end()
    if position < len(text) or not text or seconds != seconds:
        raise ValueError(f"'{text}' is no duration")
    return timedelta(seconds=seconds)


def age(since: datetime, now: datetime | None = None) -> str:
    """How long ago something was, in its largest unit: "4 m"."""
    return rounded((now or datetime.now(UTC)) - since)


def rounded(duration: timedelta) -> str:
    """A duration in its largest unit: "4 m"."""
    seconds = max(0, int(duration.total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
