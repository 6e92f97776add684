"""What a checker found."""

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """Errors break code; warnings usually do; advice is a matter of style and never fails a check."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


@dataclass(frozen=True, order=True)
class Edit:
    """Replaces source text. Positions are (line from 1, column from 0 in UTF-8 bytes), as in `ast`."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str


@dataclass(frozen=True, order=True)
class Finding:
    """One place where a guideline is broken.

    `path` is relative to the checked root, in POSIX form. `chain` leads from the handler to the place, a step per
    item, such as "workflows/order.py:120 run calls ship"; empty when the handler itself is the place. `edits` mend it
    safely; empty where no machine can.
    """

    path: str
    line: int
    column: int
    rule: str
    guideline: str
    severity: Severity
    message: str
    chain: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = field(default=(), compare=False)
