from collections.abc import Iterator

from guidelines.config_files.deployment import TUNNEL_IMAGE, Deployment, line_at
from guidelines.finding import Finding, Severity
from guidelines.rule import Rule


def check(deployment: Deployment) -> Iterator[Finding]:
    for environment in deployment.of_kind("RestateCloudEnvironment"):
        if environment.get("spec", "tunnel", "remoteProxy"):
            line = line_at(environment.table, "spec", "tunnel", "remoteProxy")
            yield RULE.finding(environment.path, line, f"{environment.name} opens the remote ports of its tunnel")
    for container in deployment.containers:
        if not TUNNEL_IMAGE.search(container.image):
            continue
        if container.environment.get("RESTATE_REMOTE_PROXY") != "false":
            line = line_at(container.table, "environment")
            yield RULE.finding(container.path, line, f"{container.name} does not close its remote ports")
        if container.table.get("ports"):
            yield RULE.finding(
                container.path, line_at(container.table, "ports"), f"{container.name} publishes its ports"
            )


_GOOD = """\
services:
  tunnel:
    image: ghcr.io/restatedev/restate-cloud-tunnel-client:${TUNNEL_VERSION}
    environment:
      RESTATE_REMOTE_PROXY: "false"
"""

RULE = Rule(
    name="open-tunnel",
    guidelines=("dont-III-5",),
    severity=Severity.ERROR,
    checker="config",
    file="deploy/compose.yaml",
    purpose="A tunnel to Restate Cloud with open ports.",
    why=("Its remote ports are ingress and admin API of the environment, without a password for whoever reaches them."),
    remedy="Say `remoteProxy: false`, or RESTATE_REMOTE_PROXY=false, and publish none of its ports.",
    bad=_GOOD.replace("false", "true"),
    good=_GOOD,
    check=check,
)
