import re
from collections.abc import Iterator

from guidelines.config_files.deployment import Deployment
from guidelines.finding import Finding, Severity
from guidelines.rule import Rule

REGISTERED = re.compile(r"register\S*\W+(?P<url>https?://[^\s\"',\]]+)")


def check(deployment: Deployment) -> Iterator[Finding]:
    for file in deployment.files:
        if file.path.endswith(".py"):
            continue
        for number, line in enumerate(file.text.splitlines(), 1):
            code = line.partition("#")[0]
            match = REGISTERED.search(code)
            if match and "$" not in match["url"]:
                message = (
                    f"{match['url']} is registered for every version: the server keeps the first one's description"
                )
            elif "$LATEST" in code:
                message = "$LATEST is whatever was uploaded last, and no version"
            else:
                continue
            yield RULE.finding(file.path, number, message)


_GOOD = """\
services:
  register:
    image: greeter:${VERSION}
    command: [python, -m, deploy, register, "http://greeter-${VERSION}:9080"]
"""

RULE = Rule(
    name="fixed-address",
    guidelines=("do-VII-1",),
    severity=Severity.ERROR,
    checker="config",
    file="deploy/compose.yaml",
    purpose="A script or file that registers each version at the same address.",
    why=(
        "To register an address again with other code is answered with 200, and changes nothing: the server goes on "
        "with what it knows, and in-flight work meets code that it did not start in."
    ),
    remedy="Put the version into the address, such as `http://service-${VERSION}:9080`, or into the ARN.",
    bad=_GOOD.replace("greeter-${VERSION}:9080", "greeter:9080"),
    good=_GOOD,
    check=check,
)
