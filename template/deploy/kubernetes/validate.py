"""Builds what Kubernetes gets, and holds it against its schemas without any cluster: `make check` runs it.

Restate's own kinds are described by the custom resource definitions of its operator. They are not part of this project:
`--crds` names a file or folder with them; without it the rest is checked, and what was not is said.
"""

import argparse
import copy
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import yaml
from cel import evaluate
from jsonschema import Draft202012Validator

HERE = Path(__file__).parent

KUBERNETES = "1.34"
"""The version whose schemas are used."""

ELSEWHERE = re.compile(r"gateway\.networking\.k8s\.io/")
"""Kinds of the Gateway API: it has definitions of its own, which are not looked at."""

Manifest = dict[str, Any]


class Unusable(Exception):
    """Nothing can be checked. The message says what to mend."""


@dataclass(frozen=True)
class Definition:
    """One version of a custom resource: its schema as JSON Schema that refuses unknown fields, and its CEL rules."""

    schema: dict[str, Any]
    source: dict[str, Any]

    def problems(self, manifest: Manifest) -> Iterator[str]:
        for error in Draft202012Validator(self.schema).iter_errors(manifest):
            yield f"{'.'.join(map(str, error.absolute_path)) or 'manifest'}: {error.message}"
        yield from _broken_rules(manifest, self.source, "")


def definitions(source: Path) -> dict[tuple[str, str], Definition]:
    """By (apiVersion, kind).

    Raises:
        Unusable: there is no definition in it.
    """
    files = sorted(source.glob("*.y*ml")) if source.is_dir() else [source]
    found = {}
    for crd in (each for file in files for each in read(file)):
        if crd.get("kind") != "CustomResourceDefinition":
            continue
        spec = crd["spec"]
        for version in spec["versions"]:
            schema = version["schema"]["openAPIV3Schema"]
            key = (f"{spec['group']}/{version['name']}", spec["names"]["kind"])
            found[key] = Definition(_strict(schema, top=True), schema)
    if not found:
        raise Unusable(f"{source} has no CustomResourceDefinition: 'kubectl get crd --output yaml' writes them")
    return found


def read(file: Path) -> list[Manifest]:
    """The manifests in a file.

    Raises:
        Unusable: it cannot be read, or is no YAML.
    """
    try:
        return list(_documents(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise Unusable(f"{file} cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise Unusable(f"{file} is no YAML") from None


def manifests(folder: Path) -> list[Manifest]:
    """What kustomize makes of a folder, without a cluster.

    Raises:
        Unusable: it cannot.
    """
    command = ["kubectl", "kustomize", "--load-restrictor", "LoadRestrictionsNone", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        raise Unusable("kubectl is missing: 'make setup' installs it, and 'uv run' finds it") from None
    if done.returncode:
        raise Unusable(f"{folder}: {done.stderr.strip()}")
    return list(_documents(done.stdout))


def problems(manifest: Manifest, known: dict[tuple[str, str], Definition]) -> list[str]:
    """What is wrong with one manifest; nothing where there is no schema for it, see `unchecked`."""
    definition = known.get(_key(manifest))
    found = [*definition.problems(manifest)] if definition else []
    if manifest["kind"] == "RestateDeployment":
        found += [f"as a Deployment: {each}" for each in _built_in(_as_deployment(manifest))]
    elif not definition:
        found += _built_in(manifest)
    return found


def unchecked(manifest: Manifest, known: dict[tuple[str, str], Definition]) -> bool:
    """Whether nobody here knows the fields of its kind."""
    api, kind = _key(manifest)
    return (api, kind) not in known and ("restate.dev/" in api or bool(ELSEWHERE.match(api)))


def folders() -> Iterator[Path]:
    """What is applied: each folder that is a kustomization of its own, not a base or a component."""
    for file in sorted(HERE.rglob("kustomization.yaml")):
        kustomization = yaml.safe_load(file.read_text(encoding="utf-8"))
        if kustomization.get("kind") != "Component" and file.parent.name != "base":
            yield file.parent


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 when nothing is wrong, 1 with a line per problem, 2 when nothing can be checked."""
    parser = argparse.ArgumentParser(prog="python -m deploy.kubernetes.validate", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="kustomizations (default: all of them)")
    parser.add_argument("--crds", type=Path, help="file or folder with the operator's custom resource definitions")
    options = parser.parse_args(arguments)
    try:
        known = definitions(options.crds) if options.crds else {}
        built = [(folder, manifest) for folder in options.folders or folders() for manifest in manifests(folder)]
    except Unusable as error:
        print(f"kubernetes: {error}", file=sys.stderr)
        return 2
    found = [(folder, manifest, each) for folder, manifest in built for each in problems(manifest, known)]
    for folder, manifest, problem in found:
        print(f"{folder}: {manifest['kind']} {manifest['metadata']['name']}: {problem}")
    skipped = sorted({manifest["kind"] for _, manifest in built if unchecked(manifest, known)})
    if skipped:
        print(f"kubernetes: fields of {', '.join(skipped)} not checked: no definitions; --crds (CRDS=) names them")
    print(f"kubernetes: {len(built)} manifests, {len(found)} problems")
    return 1 if found else 0


def _documents(text: str) -> Iterator[Manifest]:
    """Those of a stream of YAML, and of the lists in it."""
    for document in yaml.safe_load_all(text):
        if isinstance(document, dict) and document.get("kind") == "List":
            yield from document["items"]
        elif isinstance(document, dict):
            yield document


def _key(manifest: Manifest) -> tuple[str, str]:
    return manifest["apiVersion"], manifest["kind"]


def _built_in(manifest: Manifest) -> Iterable[str]:
    try:
        kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
    except kubernetes_validate.ValidationError as error:
        return [f"{'.'.join(map(str, error.path))}: {error.message}"]
    except kubernetes_validate.SchemaNotFoundError:
        return [] if unchecked(manifest, {}) else [f"there is no such kind in Kubernetes {KUBERNETES}"]
    return []


def _as_deployment(manifest: Manifest) -> Manifest:
    """Its pods are those of a Deployment, and the operator's definition leaves most of their fields open."""
    spec = {key: manifest["spec"].get(key) for key in ("selector", "template")}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": manifest["metadata"], "spec": spec}


def _strict(schema: dict[str, Any], *, top: bool = False) -> dict[str, Any]:
    """Kubernetes' dialect as JSON Schema: unknown fields refused, `nullable` and `int-or-string` spelt out."""
    node = copy.deepcopy(schema) if top else schema
    if node.pop("x-kubernetes-int-or-string", False):
        node["type"] = ["integer", "string"]
        node.pop("anyOf", None)
    is_open = node.pop("x-kubernetes-preserve-unknown-fields", False)
    properties = node.get("properties")
    if top and properties is not None:
        properties.update(apiVersion={"type": "string"}, kind={"type": "string"}, metadata={"type": "object"})
    if properties is not None and not is_open:
        node.setdefault("additionalProperties", False)
    for child in [*(properties or {}).values(), node.get("items"), node.get("additionalProperties")]:
        if isinstance(child, dict):
            _strict(child)
    if node.pop("nullable", False) and "type" in node:
        node["type"] = [node["type"], "null"] if isinstance(node["type"], str) else [*node["type"], "null"]
        if "enum" in node:
            node["enum"] = [*node["enum"], None]
    return node


def _broken_rules(value: Any, schema: dict[str, Any], path: str) -> Iterator[str]:
    """CEL rules that do not hold; those that compare with an earlier state have nothing to compare with."""
    for rule in schema.get("x-kubernetes-validations", []):
        if "oldSelf" not in rule["rule"] and not evaluate(rule["rule"], {"self": value}):
            yield f"{path.lstrip('.')}: {rule.get('message', rule['rule'])}"
    if isinstance(value, dict):
        for name, child in schema.get("properties", {}).items():
            if name in value:
                yield from _broken_rules(value[name], child, f"{path}.{name}")


if __name__ == "__main__":
    raise SystemExit(main())
