"""`python -m guidelines replay`: reads journals, judges each, and prints what came of it."""

import asyncio
import json
import logging
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from guidelines.replay import files
from guidelines.replay.admin import Admin, AdminError
from guidelines.replay.endpoint import AppError
from guidelines.replay.files import FileError
from guidelines.replay.journal import Journal
from guidelines.replay.redaction import redact
from guidelines.replay.verdict import Kind, Verdict, judge
from guidelines.replay.wire import Malformed

FITS, BREAKS, UNKNOWN = 0, 1, 2

Judged = list[tuple[str, Journal, Verdict]]
"""With the name of the file that it was in, or its id."""

ERRORS = (AdminError, AppError, FileError)

ADVICE = "deploy as a new version, at an address of its own: what is in flight stays on the version that began it"


def read(admin: str, folder: Path | None) -> Iterator[tuple[str, Journal]]:
    """Journals with a name each, from files or a server."""
    if folder:
        return files.journals(folder)
    return ((journal.id, journal) for journal in Admin(admin, os.environ.get("RESTATE_AUTH_TOKEN", "")).journals())


def judged(journals: Iterable[tuple[str, Journal]], app: Any) -> Judged:
    """What each comes to. Logs of what is replayed are held back."""

    async def all_of_them() -> Judged:
        return [(name, journal, await judge(app, journal)) for name, journal in journals]

    held_back = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        return asyncio.run(all_of_them())
    finally:
        logging.disable(held_back)


def save(journals: Iterable[tuple[str, Journal]], folder: Path, *, payloads: bool) -> int:
    """Writes those that have begun, redacted unless `payloads`; returns how many.

    Raises:
        FileError: for one that cannot be redacted.
    """
    count = 0
    for _, journal in journals:
        if not journal.started:
            continue
        try:
            files.save(journal if payloads else redact(journal), folder)
        except Malformed as error:
            raise FileError(f"{journal.id} cannot be redacted ({error}): nothing of it is saved") from None
        count += 1
    return count


def exit_code(found: Judged) -> int:
    """1 as soon as something is known to break: that is certain, whatever else cannot be judged."""
    kinds = {verdict.kind for _, _, verdict in found}
    if kinds & {Kind.DIFFERS, Kind.GONE, Kind.FAILS}:
        return BREAKS
    return UNKNOWN if Kind.UNKNOWN in kinds else FITS


def as_text(found: Judged) -> str:
    lines = []
    for name, journal, verdict in found:
        lines.append(f"{verdict.kind.value:<13} {journal.target}  {name}  {journal.status}")
        if verdict.expected:
            lines.append(
                f"{'':<13} entry {verdict.entry}: the journal has {verdict.expected}, the code {verdict.found}"
            )
        elif verdict.detail:
            lines += [f"{'':<13} {line}" for line in verdict.detail.splitlines()]
    counts = Counter(verdict.kind for _, _, verdict in found)
    summary = ", ".join(f"{counts[kind]} {kind.value}" for kind in Kind if counts[kind])
    lines.append(f"{len(found)} in flight: {summary}" if found else "nothing is in flight")
    if exit_code(found) == BREAKS:
        lines.append(ADVICE)
    return "\n".join(lines)


def as_json(found: Judged) -> str:
    return json.dumps(
        [
            {
                "name": name,
                "id": journal.id,
                "target": journal.target,
                "status": journal.status,
                "verdict": verdict.kind.value,
                "detail": verdict.detail,
                "entry": verdict.entry,
                "expected": verdict.expected,
                "found": verdict.found,
            }
            for name, journal, verdict in found
        ],
        indent=2,
    )
