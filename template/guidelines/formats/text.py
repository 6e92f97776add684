"""`--format text`: grouped by rule, each group with its remedy, for people."""

import itertools
import os
import sys
from collections.abc import Iterator

from guidelines.catalogue import RULES
from guidelines.checking import Report
from guidelines.finding import Finding, Severity

BOLD, DIM, RESET = "\033[1m", "\033[2m", "\033[0m"

COLOURS = {Severity.ERROR: "\033[31m", Severity.WARNING: "\033[33m", Severity.ADVICE: "\033[36m"}


def render(report: Report, *, colour: bool | None = None) -> str:
    """What to mend, worst first, and a line that sums it up; coloured on a terminal, unless told otherwise."""
    text = "\n".join(_lines(report))
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ if colour is None else colour:
        return text
    for code in (BOLD, DIM, RESET, *COLOURS.values()):
        text = text.replace(code, "")
    return text


def _lines(report: Report) -> Iterator[str]:
    ranks = list(Severity)
    grouped = sorted(report.findings, key=lambda f: (ranks.index(f.severity), f.rule, f))
    for (severity, rule), group in itertools.groupby(grouped, key=lambda f: (f.severity, f.rule)):
        ids = ", ".join(RULES[rule].guidelines)
        yield f"{COLOURS[severity]}{severity}{RESET} {BOLD}{rule}{RESET}" + (f" {DIM}({ids}){RESET}" if ids else "")
        for finding in group:
            yield from _finding(finding, report)
        yield f"  → {RULES[rule].remedy}"
        yield ""
    yield summary(report)


def _finding(finding: Finding, report: Report) -> Iterator[str]:
    path = os.path.relpath(report.root / finding.path)
    yield f"  {path}:{finding.line}:{finding.column + 1} {finding.message}"
    for step in finding.chain:
        yield f"      {DIM}via {step}{RESET}"


def summary(report: Report) -> str:
    """How many of each severity, and what to do next."""
    where = "1 file" if report.files == 1 else f"{report.files} files"
    if not report.findings:
        return f"guidelines: nothing found in {where}"
    counts = {severity: sum(f.severity is severity for f in report.findings) for severity in Severity}
    nouns = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "piece of advice"}
    plurals = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.ADVICE: "pieces of advice"}
    listed = [f"{n} {nouns[s] if n == 1 else plurals[s]}" for s, n in counts.items() if n]
    fixable = sum(bool(finding.edits) for finding in report.findings)
    fix = f"; --fix mends {fixable}" if fixable else ""
    return f"guidelines: {', '.join(listed)} in {where}{fix}; 'python -m guidelines explain RULE' says more"
