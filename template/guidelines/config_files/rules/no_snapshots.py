from collections.abc import Iterator

from guidelines.config_files.deployment import Deployment, at
from guidelines.finding import Finding, Severity
from guidelines.rule import Rule


def check(deployment: Deployment) -> Iterator[Finding]:
    for server in deployment.servers:
        if server.nodes > 1 and not at(server.settings, "worker", "snapshots", "destination"):
            message = f"{server.name} is one of {server.nodes} nodes, and takes no snapshots"
            yield RULE.finding(server.path, server.line, message)


_GOOD = """\
apiVersion: restate.dev/v1
kind: RestateCluster
metadata:
  name: restate
spec:
  compute:
    replicas: 3
  config: |
    [worker.snapshots]
    destination = "s3://bucket/snapshots"
"""

RULE = Rule(
    name="no-snapshots",
    guidelines=("do-VII-10", "dont-III-6"),
    severity=Severity.ERROR,
    checker="config",
    file="deploy/cluster.yaml",
    purpose="A cluster of several nodes without snapshots.",
    why=(
        "The log can only be trimmed up to a snapshot, and a node that joins or comes back starts from one. Without "
        "any, disks fill up, and a lost node stays lost."
    ),
    remedy="Set `destination` of `[worker.snapshots]`, or RESTATE_WORKER__SNAPSHOTS__DESTINATION.",
    bad=_GOOD.replace("destination", "# destination"),
    good=_GOOD,
    check=check,
)
