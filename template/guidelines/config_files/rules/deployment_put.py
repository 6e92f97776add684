from collections.abc import Iterator

from guidelines.config_files.deployment import Deployment, calls
from guidelines.finding import Finding, Severity
from guidelines.rule import Rule


def check(deployment: Deployment) -> Iterator[Finding]:
    for file in deployment.files:
        for line in calls(file, "PUT", "deployments"):
            message = "a deployment is replaced in place"
            yield RULE.finding(file.path, line, message)


_GOOD = """\
#!/bin/sh
curl --json "{\\"uri\\": \\"$1\\", \\"force\\": false}" "$ADMIN/v3/deployments"
"""

RULE = Rule(
    name="deployment-put",
    guidelines=("dont-III-1",),
    severity=Severity.ERROR,
    checker="config",
    file="deploy/register.sh",
    purpose="A script that replaces a deployment in place.",
    why=("What is in flight was started by other code, and is replayed by the new one from then on."),
    remedy="Register the new version at an address of its own, by POST; `python -m deploy register` does.",
    bad=_GOOD.replace("curl", "curl -X PUT"),
    good=_GOOD,
    check=check,
)
