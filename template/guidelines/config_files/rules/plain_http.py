import re
from collections.abc import Iterator

from guidelines.config_files.deployment import Deployment, at, listed
from guidelines.finding import Finding, Severity
from guidelines.rule import Rule

INSIDE = re.compile(r"http://([^./:]+|[^/:]+\.(svc|local))(:|/|$)")
"""Names that only this cluster knows."""


def check(deployment: Deployment) -> Iterator[Finding]:
    for gateway in deployment.of_kind("Gateway"):
        for listener in listed(gateway.get("spec", "listeners")):
            if at(listener, "protocol") == "HTTP":
                yield RULE.finding(gateway.path, gateway.line, f"{gateway.name} listens without TLS")
    for ingress in deployment.of_kind("Ingress"):
        if not ingress.get("spec", "tls"):
            yield RULE.finding(ingress.path, ingress.line, f"{ingress.name} has no tls")
    for service in deployment.of_kind("RestateDeployment"):
        url = str(service.get("spec", "restate", "register", "url") or "")
        if url.startswith("http://") and not INSIDE.match(url):
            yield RULE.finding(
                service.path,
                service.line,
                f"{service.name} is registered at {url}, which leaves the cluster unencrypted",
            )


_GOOD = """\
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  name: greeter
spec:
  gatewayClassName: example
  listeners:
    - name: https
      port: 443
      protocol: HTTPS
"""

RULE = Rule(
    name="plain-http",
    guidelines=("do-VII-4",),
    severity=Severity.ERROR,
    checker="config",
    file="deploy/route.yaml",
    purpose="A way into the service, or out to Restate, that is not encrypted.",
    why=("Requests carry everything that the journal has, and the signature does not cover their bodies."),
    remedy="Let only HTTPS in, and register over `https://` whatever is outside of the cluster.",
    bad=_GOOD.replace("HTTPS", "HTTP"),
    good=_GOOD,
    check=check,
)
