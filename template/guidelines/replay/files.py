"""Journals in a folder: one file each, a line of JSON for the invocation and one for each entry.

Bytes are written as Latin-1, so that names and JSON can be read in a diff and no byte is lost.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from guidelines.replay.journal import Entry, Journal

SUFFIX = ".journal"
FORMAT = 1


class FileError(Exception):
    """A folder or file that holds no journals. The message names it."""


def save(journal: Journal, folder: Path, name: str = "") -> Path:
    """Writes a journal, by default under its target and id; returns the file."""
    path = folder / f"{_file_name(name or f'{journal.service}.{journal.handler}.{journal.id}')}{SUFFIX}"
    folder.mkdir(parents=True, exist_ok=True)
    lines: list[dict[str, Any]] = [
        {
            "format": FORMAT,
            "id": journal.id,
            "service": journal.service,
            "handler": journal.handler,
            "key": journal.key,
            "status": journal.status,
            "protocol": journal.protocol,
            "seed": journal.seed,
            "redacted": journal.redacted,
            "unreadable": journal.unreadable,
            "state": {state: value.decode("latin-1") for state, value in sorted(journal.state.items())},
        },
        *({"type": entry.type, "body": entry.body.decode("latin-1")} for entry in journal.entries),
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def journals(folder: Path) -> Iterator[tuple[str, Journal]]:
    """The name of each file in a folder, and its journal; sorted by name.

    Raises:
        FileError: there is no such folder, it has none, or one does not parse.
    """
    if not folder.is_dir():
        raise FileError(f"there is no folder {folder}: save journals with --save, or mend --journals")
    paths = sorted(folder.glob(f"*{SUFFIX}"))
    if not paths:
        raise FileError(f"there is no journal in {folder}: save some with --save, or mend --journals")
    for path in paths:
        yield path.name.removesuffix(SUFFIX), load(path)


def load(path: Path) -> Journal:
    """The journal in a file.

    Raises:
        FileError: it does not parse.
    """
    try:
        head, *lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        if head.pop("format") != FORMAT:
            raise FileError(f"{path} is of another format than {FORMAT}: save it again")
        state = {name: value.encode("latin-1") for name, value in head.pop("state").items()}
        entries = tuple(Entry(line["type"], line["body"].encode("latin-1")) for line in lines)
        return Journal(**head, state=state, entries=entries)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FileError(f"{path} holds no journal ({type(error).__name__}: {error}): save it again") from None


def _file_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)
