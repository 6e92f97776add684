"""Files that cannot be checked."""

from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.project import Project
from guidelines.rule import Rule


def check(project: Project) -> Iterator[Finding]:
    for file in project.unreadable:
        yield Finding(file.path, file.line, 0, RULE.name, RULE.guidelines[0], RULE.severity, file.reason)


RULE = Rule(
    name="unreadable-file",
    guidelines=("do-I-3",),
    severity=Severity.ERROR,
    checker="lint",
    purpose="Names files that are not valid Python, not in their encoding, or too large.",
    why="What cannot be read cannot be checked. The rest of the project is.",
    remedy="Mend the file, or exclude it.",
    bad="def broken(:\n",
    good="def mended() -> None: ...\n",
    check=check,
)
