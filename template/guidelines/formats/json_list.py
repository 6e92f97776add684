"""`--format json`: a list of {"path", "line", "rule", "guideline", "severity", "message"}, for programs."""

import json

from guidelines.checking import Report


def render(report: Report) -> str:
    """One object per line, sorted by path and line."""
    rows = [
        {
            "path": finding.path,
            "line": finding.line,
            "rule": finding.rule,
            "guideline": finding.guideline,
            "severity": finding.severity,
            "message": finding.message,
        }
        for finding in report.findings
    ]
    return "[]" if not rows else "[\n" + ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in rows) + "\n]"
