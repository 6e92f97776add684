import re
from collections.abc import Iterator

from guidelines.config_files.deployment import Deployment
from guidelines.finding import Finding, Severity
from guidelines.rule import Rule

DEVELOPMENT = re.compile(r"\bENVIRONMENT\s*[=:]\s*[\"']?(?!production\b)(?P<value>\w+)")


def check(deployment: Deployment) -> Iterator[Finding]:
    for file in deployment.files:
        if file.path.endswith(".py"):
            continue
        for number, line in enumerate(file.text.splitlines(), 1):
            match = DEVELOPMENT.search(line.partition("#")[0])
            if match:
                yield RULE.finding(file.path, number, f"{match['value']} does not insist on IDENTITY_KEYS")
        name = file.path.rpartition("/")[2]
        if name.startswith("Dockerfile") and "ENVIRONMENT=production" not in file.text:
            yield RULE.finding(file.path, 1, "the image does not say ENVIRONMENT=production, so it answers everybody")


_GOOD = """\
services:
  greeter:
    image: greeter:${VERSION}
    environment:
      ENVIRONMENT: production
"""

RULE = Rule(
    name="unverified-callers",
    guidelines=("do-VII-6",),
    severity=Severity.ERROR,
    checker="config",
    file="deploy/compose.yaml",
    purpose="A service that is deployed with the settings of development.",
    why=(
        "They do without identity keys, and then the service answers whoever reaches it, with any input to any "
        "handler. Production refuses to start without keys."
    ),
    remedy="Say `ENVIRONMENT=production`, and set IDENTITY_KEYS.",
    bad=_GOOD.replace("production", "development"),
    good=_GOOD,
    check=check,
)
