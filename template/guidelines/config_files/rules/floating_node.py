from collections.abc import Iterator

from guidelines.config_files.deployment import Deployment, Server
from guidelines.finding import Finding, Severity
from guidelines.rule import Rule

PLACES = ("node-name", "location", "force-node-id")


def check(deployment: Deployment) -> Iterator[Finding]:
    for server in deployment.servers:
        for message in _problems(server):
            yield RULE.finding(server.path, server.line, message)


def _problems(server: Server) -> Iterator[str]:
    for key in PLACES:
        value = str(server.settings.get(key, ""))
        if "$" in value:
            yield f"the {key} of {server.name} is '{value}': it changes with the environment"
    if server.settings.get("node-name") == "":
        yield f"{server.name} has no node-name: it takes that of its container, which the next one does not have"


_GOOD = """\
services:
  restate-1:
    image: restatedev/restate:${RESTATE_VERSION}
    environment:
      RESTATE_NODE_NAME: restate-1
      RESTATE_LOCATION: eu.a
"""

RULE = Rule(
    name="floating-node",
    guidelines=("dont-III-8",),
    severity=Severity.ERROR,
    checker="config",
    file="deploy/compose.yaml",
    purpose="A node whose name or location depends on where it is started.",
    why=(
        "Replicas are placed by it, and data is found by it. With another one it looks like another node, and its "
        "replicas count as lost."
    ),
    remedy="Write `node-name` and `location` out, and leave them as they are for the node's life.",
    bad=_GOOD.replace("eu.a", "${ZONE}"),
    good=_GOOD,
    check=check,
)
