"""Manifests are right, and what is wrong is found: in fields of Restate's kinds only with its definitions at hand."""

import copy
import os
from pathlib import Path
from typing import Any

import pytest

from deploy.kubernetes import validate
from dev.project import ROOT, pinned_server_version

CRDS = os.environ.get("RESTATE_CRDS", "")
KUBERNETES = ROOT / "deploy" / "kubernetes"

needs_definitions = pytest.mark.skipif(not CRDS, reason="RESTATE_CRDS names no definitions of the operator's kinds")


def one(manifests: list[validate.Manifest], kind: str) -> validate.Manifest:
    (found,) = [manifest for manifest in manifests if manifest["kind"] == kind]
    return found


def test_the_manifests_are_clean(capsys: pytest.CaptureFixture[str]) -> None:
    assert validate.main(["--crds", CRDS] if CRDS else []) == 0
    said = capsys.readouterr().out
    assert " 0 problems" in said
    assert ("RestateCluster, RestateDeployment not checked" in said) == (not CRDS)


def test_the_server_is_the_pinned_one() -> None:
    cluster = one(validate.manifests(KUBERNETES / "restate"), "RestateCluster")
    assert cluster["spec"]["compute"]["image"].endswith(f"/restate:{pinned_server_version()}")


def test_other_settings_are_another_version() -> None:
    manifests = validate.manifests(KUBERNETES / "overlays" / "production")
    service, settings = one(manifests, "RestateDeployment"), one(manifests, "ConfigMap")
    (container,) = service["spec"]["template"]["spec"]["containers"]
    assert container["envFrom"][0]["configMapRef"]["name"] == settings["metadata"]["name"] != "settings"
    assert "@sha256:" in container["image"]


def test_cloud_and_public_fit_into_an_overlay(tmp_path: Path) -> None:
    """As components: the service is registered with Restate Cloud, and reached over HTTP/2."""
    to = os.path.relpath(KUBERNETES, tmp_path)
    (tmp_path / "kustomization.yaml").write_text(f"""\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [{to}/overlays/production]
components: [{to}/cloud, {to}/public]
""")
    manifests = validate.manifests(tmp_path)
    assert one(manifests, "RestateDeployment")["spec"]["restate"]["register"] == {"cloud": "restate-cloud"}
    assert one(manifests, "Service")["spec"]["ports"][0]["appProtocol"] == "kubernetes.io/h2c"
    known = validate.definitions(Path(CRDS)) if CRDS else {}
    assert [problem for manifest in manifests for problem in validate.problems(manifest, known)] == []


@needs_definitions
def test_the_environment_of_restate_cloud_is_one() -> None:
    (manifest,) = validate.read(KUBERNETES / "cloud" / "environment.yaml")
    assert validate.problems(manifest, validate.definitions(Path(CRDS))) == []


def changed(manifest: validate.Manifest, path: str, value: Any) -> validate.Manifest:
    *parents, last = path.split(".")
    result = copy.deepcopy(manifest)
    inner: Any = result
    for key in parents:
        inner = inner[key] if not isinstance(inner, list) else inner[int(key)]
    inner[last] = value
    return result


@needs_definitions
@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("spec.restate.drainDelay", 300, "'drainDelay' was unexpected"),
        ("spec.replicas", "two", "spec.replicas: 'two' is not of type"),
        ("spec.restate.register", None, "spec.restate.register"),
        ("spec.deploymentMode", "serverless", "spec.deploymentMode"),
        ("spec.template.spec.containers.0.readiness", {}, "readiness"),
    ],
)
def test_a_wrong_field_is_named(path: str, value: object, message: str) -> None:
    service = one(validate.manifests(KUBERNETES / "overlays" / "production"), "RestateDeployment")
    found = validate.problems(changed(service, path, value), validate.definitions(Path(CRDS)))
    assert found
    assert message in "\n".join(found)


@needs_definitions
def test_a_rule_in_cel_that_does_not_hold_is_named() -> None:
    service = one(validate.manifests(KUBERNETES / "overlays" / "production"), "RestateDeployment")
    scaled = changed(service, "spec.autoscaling", {"minReplicas": 1, "maxReplicas": 2})
    knative = changed(scaled, "spec.deploymentMode", "knative")
    known = validate.definitions(Path(CRDS))
    assert validate.problems(scaled, known) == []
    assert any("autoscaling" in problem for problem in validate.problems(knative, known))


def test_a_wrong_field_of_kubernetes_own_kinds_is_named() -> None:
    policy = one(validate.manifests(KUBERNETES / "overlays" / "production"), "NetworkPolicy")
    assert validate.problems(changed(policy, "spec.policyTypes", "Ingress"), {}) != []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--crds", "no-such-file"], "no-such-file cannot be read"),
        (["--crds", "pyproject.toml"], "pyproject.toml"),
        (["no-such-folder"], "no-such-folder"),
    ],
)
def test_what_cannot_be_checked_is_said(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert validate.main(arguments) == 2
    assert message in capsys.readouterr().err
