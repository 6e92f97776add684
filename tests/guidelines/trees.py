"""Small projects, written to a folder and linted."""

from collections.abc import Iterable
from pathlib import Path
from textwrap import dedent

from guidelines import lint
from guidelines.finding import Finding


def check(root: Path, files: dict[str, str], settings: lint.Settings | None = None) -> list[Finding]:
    """Lints a tree of files, given by their paths."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
    return lint.run(lint.load(root, sorted(root.rglob("*.py")), settings))


def rules_of(findings: Iterable[Finding]) -> list[str]:
    return [finding.rule for finding in findings]
