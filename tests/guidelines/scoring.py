"""Scores the linter against the labelled projects in `corpus/`; `python tests/guidelines/scoring.py` lists every miss.

Labels are trailing comments:

    # BAD: id          must be found, as error or warning, under that guideline
    # BAD: a|b         either guideline will do
    # BAD: id ~tag     one of the lines of the file with this tag is enough
    # WARN: a, b       each should be found, at any severity
    # OK: why          must not be found as error or warning
    # MAY: a, b        may be found; counts for nothing

A finding at warning or error on a line without a label that allows it is false. Lines must match exactly.
"""

import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
TEMPLATE = Path(__file__).parents[2] / "template"
LABEL = re.compile(r"#\s*(BAD|WARN|OK|MAY):\s*(.+?)\s*$")
LOUD = ("error", "warning")

Place = tuple[str, str, int]  # project, path in it, line


@dataclass
class Label:
    kind: str
    ids: list[frozenset[str]]  # each item must be found; within an item, any guideline will do
    tag: str = ""  # lines of one file with one tag are one case


@dataclass
class Finding:
    rule: str
    guideline: str
    severity: str
    message: str


@dataclass
class Score:
    bad: list[tuple[Place, str]] = field(default_factory=list)
    warn: list[tuple[Place, str]] = field(default_factory=list)
    missed_bad: list[tuple[Place, str]] = field(default_factory=list)
    other_id: list[tuple[Place, str, str]] = field(default_factory=list)
    missed_warn: list[tuple[Place, str]] = field(default_factory=list)
    ok: int = 0
    false_errors: list[tuple[Place, Finding]] = field(default_factory=list)
    false_warnings: list[tuple[Place, Finding]] = field(default_factory=list)
    on_ok: list[tuple[Place, Finding]] = field(default_factory=list)


def projects(root: Path = CORPUS) -> list[Path]:
    return sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith((".", "_")))


def labels(project: Path) -> dict[Place, Label]:
    found = {}
    for path in sorted(project.rglob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if match := LABEL.search(line):
                kind, text = match.groups()
                text, _, tag = text.partition(" ~") if kind != "OK" else (text, "", "")
                ids = [] if kind == "OK" else [frozenset(part.strip().split("|")) for part in text.split(",")]
                found[project.name, path.relative_to(project).as_posix(), number] = Label(kind, ids, tag)
    return found


def check(project: Path) -> dict[Place, list[Finding]]:
    """What `python -m guidelines check` says about a project, run in it as a user would."""
    command = [sys.executable, "-m", "guidelines", "check", ".", "--format", "json"]
    environment = os.environ | {"PYTHONPATH": str(TEMPLATE)}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode in (0, 1), f"{project.name}: {done.stderr}"
    rows = json.loads(done.stdout)
    found: dict[Place, list[Finding]] = defaultdict(list)
    for row in rows:
        place = (project.name, row["path"].removeprefix("./"), row["line"])
        found[place].append(Finding(row["rule"], row["guideline"], row["severity"], row["message"]))
    return found


def score(expected: dict[Place, Label], found: dict[Place, list[Finding]]) -> Score:
    result = Score()
    tagged: dict[tuple[str, str, str], list[Place]] = defaultdict(list)
    for place, label in expected.items():
        if label.tag:
            tagged[place[0], place[1], label.tag].append(place)
    for place, label in expected.items():
        places = tagged[place[0], place[1], label.tag] if label.tag else [place]
        if place != places[0]:
            continue
        here = [finding for other in places for finding in found.get(other, [])]
        loud = [finding for finding in here if finding.severity in LOUD]
        result.ok += label.kind == "OK"
        for ids in label.ids if label.kind == "BAD" else []:
            name = "|".join(sorted(ids))
            result.bad.append((place, name))
            if not any(finding.guideline in ids for finding in loud):
                result.missed_bad.append((place, name))
                if here:
                    seen = ", ".join(f"{finding.guideline} ({finding.severity})" for finding in here)
                    result.other_id.append((place, name, seen))
        for ids in label.ids if label.kind == "WARN" else []:
            name = "|".join(sorted(ids))
            result.warn.append((place, name))
            if not any(finding.guideline in ids for finding in here):
                result.missed_warn.append((place, name))
    for place, findings in found.items():
        allowed = expected.get(place)
        for finding in findings:
            if finding.severity not in LOUD or (allowed and allowed.kind in ("BAD", "WARN")):
                continue
            if allowed and allowed.kind == "MAY" and any(finding.guideline in ids for ids in allowed.ids):
                continue
            (result.false_errors if finding.severity == "error" else result.false_warnings).append((place, finding))
            if allowed and allowed.kind == "OK":
                result.on_ok.append((place, finding))
    return result


def run(only: Sequence[str] = ()) -> Score:
    expected: dict[Place, Label] = {}
    found: dict[Place, list[Finding]] = {}
    for project in projects():
        if not only or project.name in only:
            expected |= labels(project)
            found |= check(project)
    return score(expected, found)


def source(place: Place) -> str:
    """The line, stripped."""
    project, path, line = place
    return (CORPUS / project / path).read_text(encoding="utf-8").splitlines()[line - 1].strip()


def show(result: Score) -> None:
    def where(place: Place) -> str:
        project, path, line = place
        return f"{project}/{path}:{line}"

    def share(missed: int, total: int) -> str:
        return f"{total - missed}/{total} ({100 * (total - missed) / total:.1f} %)" if total else "0/0"

    print(
        f"BAD found        {share(len(result.missed_bad), len(result.bad))}; of the missed, "
        f"{len(result.other_id)} have another finding on the line"
    )
    print(f"WARN found       {share(len(result.missed_warn), len(result.warn))}")
    print(f"false errors     {len(result.false_errors)}")
    print(f"false warnings   {len(result.false_warnings)}")
    print(f"OK lines hit     {len({place for place, _ in result.on_ok})}/{result.ok}")
    per: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for _, name in result.bad:
        per[name][1] += 1
        per[name][0] += 1
    for _, name in result.missed_bad:
        per[name][0] -= 1
    print("by guideline     " + "  ".join(f"{name} {hit}/{total}" for name, (hit, total) in sorted(per.items())))
    others = {(place, name): seen for place, name, seen in result.other_id}
    for title, items in (("missed BAD", result.missed_bad), ("missed WARN", result.missed_warn)):
        print(f"\n{title}: {len(items)}")
        for place, name in items:
            seen = others.get((place, name)) if title == "missed BAD" else None
            print(f"  {where(place)}  {name}" + (f"  [but {seen}]" if seen else "") + f"  | {source(place)}")
    for title, rows in (("false errors", result.false_errors), ("false warnings", result.false_warnings)):
        print(f"\n{title}: {len(rows)}")
        for place, finding in rows:
            print(f"  {where(place)}  {finding.guideline} {finding.rule}: {finding.message[:140]}  | {source(place)}")


if __name__ == "__main__":
    show(run(sys.argv[1:]))
