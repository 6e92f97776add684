from collections.abc import Iterator

from guidelines.config_files.deployment import Deployment, calls
from guidelines.finding import Finding, Severity
from guidelines.rule import Rule


def check(deployment: Deployment) -> Iterator[Finding]:
    for file in deployment.files:
        for line in calls(file, "DELETE", "invocations"):
            message = "an invocation is ended by DELETE"
            yield RULE.finding(file.path, line, message)


_GOOD = """\
#!/bin/sh
curl -X PATCH "$ADMIN/invocations/$1/cancel"
"""

RULE = Rule(
    name="invocation-delete",
    guidelines=("dont-IV-1",),
    severity=Severity.ERROR,
    checker="config",
    file="deploy/stop.sh",
    purpose="A script that ends invocations by DELETE.",
    why=("It does not say whether it cancels, kills or purges, and it is deprecated. Killed work compensates nothing."),
    remedy="Call `PATCH /invocations/ID/cancel`, or `/kill` and `/purge` where that is meant.",
    bad=_GOOD.replace("PATCH", "DELETE").replace("/cancel", ""),
    good=_GOOD,
    check=check,
)
