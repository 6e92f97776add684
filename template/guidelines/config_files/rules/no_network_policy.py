from collections.abc import Iterator

from guidelines.config_files.deployment import Deployment, Object, at, listed, mapping
from guidelines.finding import Finding, Severity
from guidelines.rule import Rule


def check(deployment: Deployment) -> Iterator[Finding]:
    policies = [*deployment.of_kind("NetworkPolicy")]
    for service in deployment.of_kind("RestateDeployment"):
        labels = mapping(service.get("spec", "template", "metadata", "labels"))
        if not any(_covers(policy, labels) for policy in policies):
            yield RULE.finding(service.path, service.line, f"no NetworkPolicy says who may talk to {service.name}")
    for policy in policies:
        for rule in listed(policy.get("spec", "ingress")):
            if not at(rule, "from"):
                yield RULE.finding(policy.path, policy.line, f"{policy.name} lets everybody in")
    for cluster in deployment.of_kind("RestateCluster"):
        if cluster.get("spec", "security", "disableNetworkPolicies"):
            yield RULE.finding(cluster.path, cluster.line, f"{cluster.name} has no network policies")


def _covers(policy: Object, labels: dict[str, str]) -> bool:
    selector = mapping(policy.get("spec", "podSelector", "matchLabels"))
    return (
        "Ingress" in (listed(policy.get("spec", "policyTypes")) or ["Ingress"]) and selector.items() <= labels.items()
    )


_GOOD = """\
apiVersion: restate.dev/v1beta1
kind: RestateDeployment
metadata:
  name: greeter
spec:
  template:
    metadata:
      labels: {app: greeter}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: greeter
spec:
  podSelector:
    matchLabels: {app: greeter}
  policyTypes: [Ingress]
  ingress:
    - from:
        - podSelector:
            matchLabels: {app.kubernetes.io/name: restate}
"""

RULE = Rule(
    name="no-network-policy",
    guidelines=("do-VII-8",),
    severity=Severity.ERROR,
    checker="config",
    file="deploy/service.yaml",
    purpose="A service in Kubernetes that no network policy protects.",
    why=(
        "Every pod of the cluster reaches it otherwise. The signature of requests is the second lock, not the only one."
    ),
    remedy="Select its pods in a NetworkPolicy that lets Restate's pods in, and nobody else.",
    bad=_GOOD.partition("---")[0],
    good=_GOOD,
    check=check,
)
