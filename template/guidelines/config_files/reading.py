"""Finds the deployment files of a project, and reads them with the line of everything in them."""

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guidelines.config import ConfigError
from guidelines.sources import SKIPPED, excluded

if TYPE_CHECKING:
    import yaml

FOLDERS = ("deploy", ".github/workflows")
"""Where such files are; besides the project's root itself, without its folders."""

AT_ROOT = ("Makefile", "Dockerfile", "compose", "docker-compose")
"""How the names of those at the root start."""

DATA, SCRIPTS = (".yaml", ".yml", ".toml"), (".sh", ".py", "")


@dataclass(frozen=True)
class File:
    """One deployment file; `path` is relative to the project. `documents` are what YAML or TOML say, if it is that."""

    path: str
    text: str
    documents: tuple[Any, ...] = ()
    problem: tuple[int, str] | None = None


class Table(dict[str, Any]):
    """A mapping that knows its line, and the line of each key."""

    line: int = 1
    lines: dict[str, int]

    def line_of(self, key: str) -> int:
        return self.lines.get(key, self.line)


def files(root: Path, exclude: tuple[str, ...]) -> list[File]:
    """Every deployment file of a project. One that does not parse has a `problem` instead of documents.

    Raises:
        ConfigError: for YAML, where PyYAML is not installed.
    """
    return [_read(root, path) for path in sorted(set(_paths(root))) if not excluded(path, exclude)]


def _paths(root: Path) -> Iterator[str]:
    if not root.is_dir():
        return
    for file in root.iterdir():
        if file.is_file() and file.name.startswith(AT_ROOT):
            yield file.name
    for start in FOLDERS:
        for folder, names, found in os.walk(root / start):
            names[:] = [name for name in names if name not in SKIPPED]
            for name in found:
                path = Path(folder, name)
                if path.suffix in (*DATA, *SCRIPTS) and path.is_file():
                    yield path.relative_to(root).as_posix()


def _read(root: Path, path: str) -> File:
    try:
        text = (root / path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return File(path, "", problem=(1, f"it cannot be read: {error}"))
    if path.endswith(".toml"):
        try:
            return File(path, text, (tomllib.loads(text),))
        except tomllib.TOMLDecodeError as error:
            return File(path, text, problem=(1, f"it is no TOML: {error}"))
    if path.endswith((".yaml", ".yml")):
        return _read_yaml(path, text)
    return File(path, text)


def _read_yaml(path: str, text: str) -> File:
    try:
        import yaml
    except ImportError:
        raise ConfigError(f"{path} is read with PyYAML, which is missing: 'uv add --dev pyyaml' installs it") from None
    try:
        documents = tuple(yaml.load_all(text, Loader=_loader()))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return File(path, text, problem=(line, f"it is no YAML: {error.problem}"))
    return File(path, text, documents)


def _loader() -> "type[yaml.SafeLoader]":
    """A SafeLoader that makes `Table`s, and takes the tags of CloudFormation for what stands behind them."""
    import yaml

    class Loader(yaml.SafeLoader):
        pass

    def table(loader: yaml.SafeLoader, node: yaml.MappingNode) -> Iterator[Table]:
        made = Table()
        made.line = node.start_mark.line + 1
        yield made
        loader.flatten_mapping(node)
        made.lines = {str(key.value): key.start_mark.line + 1 for key, _ in node.value}
        made.update({str(key): value for key, value in loader.construct_mapping(node, deep=True).items()})

    def untagged(loader: yaml.SafeLoader, _: str, node: yaml.Node) -> Any:
        if isinstance(node, yaml.MappingNode):
            return loader.construct_mapping(node, deep=True)
        if isinstance(node, yaml.SequenceNode):
            return loader.construct_sequence(node, deep=True)
        return node.value

    Loader.add_constructor("tag:yaml.org,2002:map", table)
    Loader.add_multi_constructor("!", untagged)
    return Loader
