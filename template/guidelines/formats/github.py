"""`--format github`: workflow commands, which GitHub Actions shows beside the lines of a pull request."""

import os
from pathlib import Path

from guidelines.catalogue import RULES
from guidelines.checking import Report
from guidelines.finding import Finding, Severity

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "notice"}


def render(report: Report) -> str:
    """One command per finding. Paths are relative to the current folder, as GitHub wants them from the repository's."""
    return "\n".join(_command(finding, report.root) for finding in report.findings)


def _command(finding: Finding, root: Path) -> str:
    properties = {
        "file": Path(os.path.relpath(root / finding.path)).as_posix(),
        "line": finding.line,
        "col": finding.column + 1,
        "title": f"{finding.rule} ({finding.guideline})" if finding.guideline else finding.rule,
    }
    listed = ",".join(f"{key}={_escaped(str(value), ':,')}" for key, value in properties.items())
    message = f"{finding.message}. {RULES[finding.rule].remedy}"
    return f"::{COMMANDS[finding.severity]} {listed}::{_escaped(message)}"


def _escaped(text: str, also: str = "") -> str:
    """As the runner unescapes it; the percent sign first."""
    for character in "%\r\n" + also:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
