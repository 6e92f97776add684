from collections.abc import Iterator

from guidelines.config_files.deployment import Deployment
from guidelines.finding import Finding, Severity
from guidelines.rule import Rule


def check(deployment: Deployment) -> Iterator[Finding]:
    for file in deployment.files:
        if file.problem:
            line, message = file.problem
            yield RULE.finding(file.path, line, message)


_GOOD = """\
services:
  greeter:
    image: greeter:${VERSION}
"""

RULE = Rule(
    name="unreadable-deployment-file",
    guidelines=(),
    severity=Severity.ERROR,
    checker="config",
    file="deploy/compose.yaml",
    purpose="A deployment file that cannot be read.",
    why="Nothing in it was checked.",
    remedy="Mend the file, or exclude it.",
    bad=_GOOD.replace("greeter:\n", "greeter\n"),
    good=_GOOD,
    check=check,
)
