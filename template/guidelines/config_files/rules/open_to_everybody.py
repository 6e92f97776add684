from collections.abc import Iterator

from guidelines.config_files.deployment import SERVER_IMAGE, Container, Deployment, line_at
from guidelines.finding import Finding, Severity
from guidelines.rule import Rule

LOCAL = ("127.0.0.1", "[::1]", "localhost")


SERVICE_PORT = "9080"


def check(deployment: Deployment) -> Iterator[Finding]:
    for container in deployment.containers:
        for port in container.ports:
            if _is_of_restate(container, port) and not _is_local(port):
                line = line_at(container.table, "ports")
                yield RULE.finding(container.path, line, f"{container.name} publishes {_text(port)} on every address")
    for cluster in deployment.of_kind("RestateCluster"):
        for port in ("ingress", "admin", "node"):
            if cluster.get("spec", "security", "networkPeers", port) == []:
                line = line_at(cluster.table, "spec", "security", "networkPeers", port)
                yield RULE.finding(cluster.path, line, f"{cluster.name} lets every pod call its {port} port")
    for function in deployment.functions:
        if function.get("Properties", "FunctionUrlConfig", "AuthType") == "NONE":
            yield RULE.finding(function.path, function.line, f"{function.name} has a URL that everybody may call")


def _is_of_restate(container: Container, port: object) -> bool:
    return bool(SERVER_IMAGE.search(container.image)) or SERVICE_PORT in _text(port)


def _is_local(port: object) -> bool:
    if isinstance(port, dict):
        return str(port.get("host_ip", "")) in LOCAL
    return str(port).startswith(tuple(f"{address}:" for address in LOCAL))


def _text(port: object) -> str:
    return f"{port.get('published')}:{port.get('target')}" if isinstance(port, dict) else str(port)


_GOOD = """\
services:
  restate:
    image: restatedev/restate:${RESTATE_VERSION}
    ports: ["127.0.0.1:8080:8080"]
"""

RULE = Rule(
    name="open-to-everybody",
    guidelines=("dont-III-9", "do-VII-6"),
    severity=Severity.ERROR,
    checker="config",
    file="deploy/compose.yaml",
    purpose="A service or server that is reached by everybody.",
    why=("Neither ingress nor admin API asks for a password: whoever reaches them starts, reads and ends invocations."),
    remedy="Publish ports on 127.0.0.1, list the peers that may call, and let the world in through a gateway only.",
    bad=_GOOD.replace("127.0.0.1:", ""),
    good=_GOOD,
    check=check,
)
