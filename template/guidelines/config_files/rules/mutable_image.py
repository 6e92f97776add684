from collections.abc import Iterator

from guidelines.config_files.deployment import Deployment, Object, at, line_at, listed
from guidelines.config_files.reading import Table
from guidelines.finding import Finding, Severity
from guidelines.rule import Rule


def check(deployment: Deployment) -> Iterator[Finding]:
    replaced = {str(at(image, "name")) for file in deployment.of_kind("Kustomization") for image in _images(file)}
    for file in deployment.of_kind("Kustomization"):
        for image in _images(file):
            if not at(image, "digest"):
                message = f"image '{at(image, 'name')}' has no digest: what a tag means may change"
                yield RULE.finding(file.path, image.line, message)
    for service in deployment.of_kind("RestateDeployment"):
        for container in listed(service.get("spec", "template", "spec", "containers")):
            name = str(at(container, "image"))
            if "@sha256:" not in name and name not in replaced:
                message = f"{service.name} runs '{name}', which is no digest: what it means may change"
                yield RULE.finding(service.path, line_at(container, "image"), message)


def _images(file: Object) -> list[Table]:
    return [image for image in listed(file.get("images")) if isinstance(image, Table)]


_GOOD = """\
apiVersion: restate.dev/v1beta1
kind: RestateDeployment
metadata:
  name: greeter
spec:
  template:
    metadata:
      labels: {app: greeter}
    spec:
      containers:
        - name: service
          image: registry.example.com/greeter@sha256:6b0f3c1de2a94c7f8f1f1a2f53e3a2d9a6f7f2b1c0d4e5f60718293a4b5c6d7e
"""

RULE = Rule(
    name="mutable-image",
    guidelines=("do-VII-1",),
    severity=Severity.ERROR,
    checker="config",
    file="deploy/service.yaml",
    purpose="A version of the service whose image is named by a tag.",
    why=(
        "The operator takes other pods for another version when their description differs. The same tag with other "
        "code in it is the same version, so what is in flight goes on in code that it did not start in."
    ),
    remedy="Name the image by its digest, in the manifest or in `images` of a kustomization.",
    bad=_GOOD.replace("@sha256:6b0f3c1de2a94c7f8f1f1a2f53e3a2d9a6f7f2b1c0d4e5f60718293a4b5c6d7e", ":latest"),
    good=_GOOD,
    check=check,
)
