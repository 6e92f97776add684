from collections.abc import Iterator

from guidelines.config_files.deployment import Deployment, at, line_at, listed
from guidelines.finding import Finding, Severity
from guidelines.rule import Rule


def check(deployment: Deployment) -> Iterator[Finding]:
    hashed = set()
    for file in deployment.of_kind("Kustomization"):
        if not file.get("generatorOptions", "disableNameSuffixHash"):
            generators = listed(file.get("configMapGenerator"))
            hashed |= {str(at(each, "name")) for each in generators if not at(each, "options", "disableNameSuffixHash")}
    for service in deployment.of_kind("RestateDeployment"):
        for container in listed(service.get("spec", "template", "spec", "containers")):
            for source in listed(at(container, "envFrom")):
                name = at(source, "configMapRef", "name")
                if name and str(name) not in hashed:
                    message = f"{service.name} reads ConfigMap '{name}', whose name stays when its content changes"
                    line = line_at(source, "configMapRef", "name")
                    yield RULE.finding(service.path, line, message)


_GOOD = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
configMapGenerator:
  - name: settings
    literals: [ENVIRONMENT=production]
---
apiVersion: restate.dev/v1beta1
kind: RestateDeployment
metadata:
  name: greeter
spec:
  template:
    spec:
      containers:
        - name: service
          image: greeter@sha256:6b0f3c1de2a94c7f8f1f1a2f53e3a2d9a6f7f2b1c0d4e5f60718293a4b5c6d7e
          envFrom:
            - configMapRef: {name: settings}
"""

RULE = Rule(
    name="mutable-settings",
    guidelines=("do-VII-1",),
    severity=Severity.ERROR,
    checker="config",
    file="deploy/service.yaml",
    purpose="A version of the service that reads settings which may change below it.",
    why=(
        "Settings are part of the code that a journal is replayed by. If they change without a new version, what is "
        "in flight may take another turn."
    ),
    remedy="Generate the ConfigMap with kustomize's `configMapGenerator`, which puts a hash into its name.",
    bad=_GOOD.replace("    literals", "    options: {disableNameSuffixHash: true}\n    literals"),
    good=_GOOD,
    check=check,
)
