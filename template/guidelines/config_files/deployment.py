"""What the deployment files of a project describe: containers, Kubernetes objects, functions, Restate servers."""

import posixpath
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from guidelines.config_files.reading import File, Table

SERVER_IMAGE = re.compile(r"(^|/)restatedev/restate([:@]|$)")
TUNNEL_IMAGE = re.compile(r"restate-cloud-tunnel-client")

UNITS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


@dataclass(frozen=True)
class Object:
    """One Kubernetes object, kustomization or resource of a CloudFormation template."""

    path: str
    kind: str
    name: str
    table: Table

    @property
    def line(self) -> int:
        return self.table.line

    def get(self, *keys: str) -> Any:
        """What is at a path of keys, or None."""
        return at(self.table, *keys)


@dataclass(frozen=True)
class Container:
    """One service of a Compose file, with its environment."""

    path: str
    name: str
    table: Table

    @property
    def line(self) -> int:
        return self.table.line

    @property
    def image(self) -> str:
        return str(self.table.get("image", ""))

    @cached_property
    def environment(self) -> dict[str, str]:
        given = self.table.get("environment")
        if not isinstance(given, dict):
            given = {name: value for name, _, value in (str(each).partition("=") for each in listed(given))}
        return {str(name): "" if value is None else str(value) for name, value in given.items()}

    @property
    def ports(self) -> list[Any]:
        return listed(self.table.get("ports"))

    def option(self, name: str) -> str:
        """What follows an option in its command, or nothing."""
        command = self.table.get("command")
        words = command.split() if isinstance(command, str) else [str(word) for word in listed(command)]
        return words[words.index(name) + 1] if name in words[:-1] else ""


@dataclass(frozen=True)
class Server:
    """A Restate server, or a cluster of `nodes`, with its settings as TOML has them.

    A node in a container has `node-name` among them in any case, and it is empty where the container's id is taken.
    `requested` and `limit` are bytes of memory; None where nothing is said.
    """

    path: str
    line: int
    name: str
    nodes: int
    settings: dict[str, Any] = field(default_factory=dict)
    requested: float | None = None
    limit: float | None = None


@dataclass(frozen=True)
class Deployment:
    """Everything that the deployment files say."""

    files: tuple[File, ...]

    @cached_property
    def objects(self) -> tuple[Object, ...]:
        """Kubernetes' objects and kustomizations."""
        return tuple(
            Object(file.path, str(document["kind"]), str(at(document, "metadata", "name") or ""), document)
            for file, document in self._tables()
            if "kind" in document and "apiVersion" in document
        )

    def of_kind(self, *kinds: str) -> Iterator[Object]:
        return (each for each in self.objects if each.kind in kinds)

    @cached_property
    def containers(self) -> tuple[Container, ...]:
        """Of Compose files."""
        return tuple(
            Container(file.path, name, service)
            for file, document in self._tables()
            if "kind" not in document
            for name, service in _tables_in(document.get("services"))
        )

    @cached_property
    def functions(self) -> tuple[Object, ...]:
        """Lambda functions of SAM templates, with what the template says of all of them."""
        found = []
        for file, document in self._tables():
            shared = at(document, "Globals", "Function")
            for name, resource in _tables_in(document.get("Resources")):
                if resource.get("Type") == "AWS::Serverless::Function":
                    merged = Table(
                        {**resource, "Properties": {**mapping(shared), **mapping(resource.get("Properties"))}}
                    )
                    merged.line, merged.lines = resource.line, resource.lines
                    found.append(Object(file.path, "function", name, merged))
        return tuple(found)

    @cached_property
    def servers(self) -> tuple[Server, ...]:
        """Those of Compose files, of the operator's clusters, and of configuration files that stand alone."""
        return (*self._composed(), *self._clusters(), *self._alone())

    def _tables(self) -> Iterator[tuple[File, Table]]:
        for file in self.files:
            for document in file.documents:
                if isinstance(document, Table):
                    yield file, document

    def _composed(self) -> Iterator[Server]:
        servers = [each for each in self.containers if SERVER_IMAGE.search(each.image)]
        for each in servers:
            nodes = sum(other.path == each.path for other in servers)
            settings = merged(self._file_of(each), from_environment(each.environment))
            name = settings.get("node-name") or each.option("--node-name") or each.table.get("hostname")
            settings["node-name"] = str(name or "")
            requested, limit = (size(each.table.get(key)) for key in ("mem_reservation", "mem_limit"))
            yield Server(each.path, each.line, each.name, nodes, settings, requested or limit, limit)

    def _file_of(self, container: Container) -> dict[str, Any]:
        """The configuration file that is mounted where `--config-file` says."""
        path = _config_path(container)
        return next((file.documents[0] for file in self.files if file.path == path and file.documents), {})

    def _clusters(self) -> Iterator[Server]:
        for each in self.of_kind("RestateCluster"):
            env = {str(at(e, "name")): str(at(e, "value") or "") for e in listed(each.get("spec", "compute", "env"))}
            resources = each.get("spec", "compute", "resources")
            replicas = each.get("spec", "compute", "replicas")
            yield Server(
                each.path,
                each.line,
                each.name,
                replicas if isinstance(replicas, int) else 1,
                merged(_toml(str(each.get("spec", "config") or "")), from_environment(env)),
                size(at(resources, "requests", "memory")),
                size(at(resources, "limits", "memory")),
            )

    def _alone(self) -> Iterator[Server]:
        mounted = {_config_path(each) for each in self.containers}
        for file in self.files:
            if not file.path.endswith(".toml") or file.path in mounted or not file.documents:
                continue
            settings = file.documents[0]
            if {"node-name", "cluster-name", "roles", "metadata-client", "worker"} & settings.keys():
                nodes = len(listed(at(settings, "metadata-client", "addresses"))) or 1
                yield Server(file.path, 1, str(settings.get("node-name", "the server")), nodes, settings)


def at(value: Any, *keys: str) -> Any:
    """What is at a path of keys, or None where the path ends before."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def calls(file: File, method: str, resource: str) -> Iterator[int]:
    """The lines of a file that call a resource of the admin API by a method; in Python, not those that tell of it."""
    name, path = re.escape(method), rf"/{resource}\b"
    if file.path.endswith(".py"):
        pattern = rf"[\"']{name}[\"']\s*,.*{path}|\.{name.lower()}\(.*{path}"
    else:
        pattern = rf"\b{name}\b.*{path}|{path}.*\b{name}\b"
    for number, line in enumerate(file.text.splitlines(), 1):
        if re.search(pattern, line.partition("#")[0]):
            yield number


def mapping(value: Any) -> dict[str, Any]:
    """A mapping as it is, and nothing for anything else."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    """A list as it is, and nothing for anything else."""
    return value if isinstance(value, list) else []


def line_at(value: Any, *keys: str) -> int:
    """The line of the last key of a path that there is."""
    line = 1
    for key in keys:
        if not isinstance(value, Table):
            break
        line = value.line_of(key) if key in value else value.line
        value = value.get(key)
    return line


def size(text: Any) -> float | None:
    """Bytes: `3 GiB`, `4Gi`, `512m` or a number. None for what is not one, such as a variable."""
    match = re.fullmatch(r"([\d.]+)\s*(?:([kmgt])(i?)b?|b)?", str(text).strip().lower())
    if not match:
        return None
    return float(match[1]) * float(1024 ** UNITS[match[2] or ""])


def from_environment(environment: dict[str, str]) -> dict[str, Any]:
    """RESTATE_WORKER__SNAPSHOTS__DESTINATION as TOML would have it."""
    settings: dict[str, Any] = {}
    for name, value in environment.items():
        if not name.startswith("RESTATE_") or not value:
            continue
        *tables, key = name.removeprefix("RESTATE_").lower().replace("_", "-").split("--")
        inner = settings
        for table in tables:
            if not isinstance(inner.get(table), dict):
                inner[table] = {}
            inner = inner[table]
        inner[key] = value
    return settings


def merged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Both; where they differ, the second."""
    result = dict(first)
    for key, value in second.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if both else value
    return result


def _tables_in(value: Any) -> Iterator[tuple[str, Table]]:
    if isinstance(value, dict):
        yield from ((name, each) for name, each in value.items() if isinstance(each, Table))


def _config_path(container: Container) -> str:
    target = container.option("--config-file")
    for volume in listed(container.table.get("volumes")):
        source, _, mounted = str(volume).partition(":")
        if target and mounted.partition(":")[0] == target:
            return posixpath.normpath(posixpath.join(posixpath.dirname(container.path), source))
    return ""


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}
