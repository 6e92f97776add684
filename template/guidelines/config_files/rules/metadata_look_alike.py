from collections.abc import Iterator

from guidelines.config_files.deployment import Deployment, at, mapping
from guidelines.finding import Finding, Severity
from guidelines.rule import Rule


def check(deployment: Deployment) -> Iterator[Finding]:
    for server in deployment.servers:
        client = mapping(at(server.settings, "metadata-client"))
        if client.get("type") != "object-store":
            continue
        if "aws-endpoint-url" in client or not str(client.get("path", "")).startswith("s3://"):
            store = client.get("aws-endpoint-url") or client.get("path") or "a store that is not named"
            message = f"{server.name} keeps its metadata in {store}, which is not S3"
            yield RULE.finding(server.path, server.line, message)


_GOOD = """\
node-name = "restate-1"
roles = ["worker"]

[metadata-client]
type = "object-store"
path = "s3://bucket/metadata"
"""

RULE = Rule(
    name="metadata-look-alike",
    guidelines=("dont-III-7", "do-VII-11"),
    severity=Severity.ERROR,
    checker="config",
    file="deploy/restate.toml",
    purpose="Cluster metadata in an object store that only resembles S3.",
    why=(
        "Metadata needs conditional writes. Other stores promise them and do not always keep the promise, and then "
        "two nodes both believe that they lead."
    ),
    remedy="Use `replicated` metadata among the nodes, or S3 itself; for snapshots any store will do.",
    bad=_GOOD + 'aws-endpoint-url = "https://minio.example.com"\n',
    good=_GOOD,
    check=check,
)
