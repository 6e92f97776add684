"""What every rule says of itself. `explain`, the docs and the tests are made from it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from guidelines.finding import Finding, Severity


@dataclass(frozen=True)
class Rule:
    """One rule, in a module of its own.

    Attributes:
        name: kebab-case, as in `# guidelines: ignore[name] reason`.
        guidelines: ids in registry.toml; the first is reported unless a finding says otherwise.
        severity: the default; `[tool.guidelines.severity]` overrules it.
        checker: "lint" (source), "manifest" (the imported app), "config" (deployment files), "suppressions"
            (comments); `check` gets its model.
        purpose: what it finds, in a sentence.
        why: what goes wrong otherwise, in a few sentences.
        remedy: what to do, in a sentence; printed with each finding.
        bad: a whole file with at least one finding of this rule.
        good: the same file without any finding.
        check: yields findings; its argument is the checker's model of the project.
        fixable: whether some findings have edits.
        file: what the examples' file is called.
    """

    name: str
    guidelines: tuple[str, ...]
    severity: Severity
    checker: str
    purpose: str
    why: str
    remedy: str
    bad: str
    good: str
    check: Callable[[Any], Iterable[Finding]]
    fixable: bool = False
    file: str = "module.py"

    def finding(self, path: str, line: int, message: str) -> Finding:
        """What it found in a line, at its own severity."""
        guideline = self.guidelines[0] if self.guidelines else ""
        return Finding(path, line, 0, self.name, guideline, self.severity, message)
