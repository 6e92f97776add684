from collections.abc import Iterator

from guidelines.config_files.deployment import Deployment, at, line_at, listed
from guidelines.config_files.reading import Table
from guidelines.finding import Finding, Severity
from guidelines.rule import Rule

SPEAKS = ("kubernetes.io/h2c", "h2c", "https", "grpc")


def check(deployment: Deployment) -> Iterator[Finding]:
    for service in deployment.of_kind("Service"):
        for port in listed(service.get("spec", "ports")):
            if _is_restate(port) and at(port, "appProtocol") not in SPEAKS:
                message = f"{service.name} does not say that port {at(port, 'port')} speaks HTTP/2"
                yield RULE.finding(service.path, port.line, message)
    for each in deployment.of_kind("RestateDeployment"):
        if each.get("spec", "restate", "useHttp11"):
            line = line_at(each.table, "spec", "restate", "useHttp11")
            message = f"{each.name} is called over HTTP/1.1, where each step is a request of its own"
            yield RULE.finding(each.path, line, message)


def _is_restate(port: object) -> bool:
    keys = ("port", "targetPort", "name")
    return isinstance(port, Table) and any(str(port.get(key)) in ("9080", "restate") for key in keys)


_GOOD = """\
apiVersion: v1
kind: Service
metadata:
  name: greeter
spec:
  ports:
    - name: restate
      port: 9080
      appProtocol: kubernetes.io/h2c
"""

RULE = Rule(
    name="no-http-two",
    guidelines=("do-VII-5",),
    severity=Severity.ERROR,
    checker="config",
    file="deploy/route.yaml",
    purpose="Something in front of the service that need not speak HTTP/2 to it.",
    why=("A load balancer that falls back to HTTP/1.1 makes each step a request of its own, or breaks the stream."),
    remedy="Say `appProtocol: kubernetes.io/h2c` on the port, and leave `useHttp11` out.",
    bad=_GOOD.replace("      appProtocol: kubernetes.io/h2c\n", ""),
    good=_GOOD,
    check=check,
)
