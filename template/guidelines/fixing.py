"""`--fix`: applies the edits that findings bring along. Only those that cannot change what the code means have any."""

import ast
import codecs
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from guidelines.finding import Edit, Finding


def fix(root: Path, findings: Iterable[Finding]) -> int:
    """Mends files in place, and returns how many findings were mended.

    A finding is left alone if its edits touch another's, and a whole file if it would no longer parse.
    """
    by_path: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.edits:
            by_path[finding.path].append(finding)
    return sum(_fix_file(root / path, found) for path, found in sorted(by_path.items()))


def _fix_file(file: Path, findings: list[Finding]) -> int:
    before = file.read_bytes()
    edits: set[Edit] = set()
    mended = 0
    for finding in findings:
        if not any(_touch(new, old) for new in finding.edits for old in edits if new != old):
            edits.update(finding.edits)
            mended += 1
    after = apply(before, edits)
    try:
        ast.parse(after)
    except (SyntaxError, ValueError):
        return 0
    file.write_bytes(after)
    return mended


def apply(source: bytes, edits: Iterable[Edit]) -> bytes:
    """The source with edits applied, from its end, so that earlier positions stay what they are."""
    mark = codecs.BOM_UTF8 if source.startswith(codecs.BOM_UTF8) else b""
    lines = source.removeprefix(mark).splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    text = source.removeprefix(mark)
    for edit in sorted(edits, reverse=True):
        start = starts[edit.start[0] - 1] + edit.start[1]
        end = starts[edit.end[0] - 1] + edit.end[1]
        text = text[:start] + edit.text.encode() + text[end:]
    return mark + text


def _touch(one: Edit, other: Edit) -> bool:
    return one.start <= other.end and other.start <= one.end
