"""Runs the linter, and tells the other checkers what it saw."""

import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from guidelines import lint
from guidelines.config import Settings
from guidelines.finding import Finding
from guidelines.lint.model.project import Project, argument
from guidelines.lint.model.services import Handler
from guidelines.lint.model.source import Unreadable
from guidelines.lint.model.values import OwnKey

Place = tuple[str, int]
"""Path, and line of the `def`."""


@dataclass(frozen=True)
class Linted:
    """What the linter found, and in which texts (by path).

    `handlers` are those that it saw, `internal` those that an object sends to itself, with the sender.
    """

    findings: list[Finding]
    texts: dict[str, str] = field(default_factory=dict)
    handlers: frozenset[Place] = frozenset()
    internal: dict[Place, str] = field(default_factory=dict)


def run(root: Path, files: Iterable[str], settings: Settings) -> Linted:
    """Lints files, given relative to the root."""
    chosen = lint.Settings(settings.deterministic, settings.nondeterministic)
    regular = {path: _is_regular(root / path) for path in files}
    project = lint.load(root, [root / path for path, is_file in regular.items() if is_file], chosen)
    project.unreadable += [
        Unreadable(path, 1, "not a regular file") for path, is_file in regular.items() if not is_file
    ]
    texts = {module.path: module.text for module in project.modules}
    handlers = frozenset(place for handler in project.handlers if (place := _place(handler)))
    return Linted(lint.run(project), texts, handlers, dict(_internal(project)))


def _is_regular(path: Path) -> bool:
    """Also true for what does not exist; reading says more. A pipe would be waited for."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True


def _place(handler: Handler) -> Place | None:
    if handler.function is None:
        return None
    return handler.function.module.path, getattr(handler.function.node, "lineno", 1)


def _internal(project: Project) -> Iterator[tuple[Place, str]]:
    """Handlers that get messages or calls from another handler of their object, under the same key."""
    for sender in project.handlers:
        for frame in project.from_handlers([sender]):
            for call in project.calls(frame):
                if not project.operations(frame, call) & {"object_send", "object_call"}:
                    continue
                if not any(isinstance(value, OwnKey) for value in frame.of(argument(call, 1, "key"))):
                    continue
                targets = frame.of(argument(call, 0, "tpe"))
                for handler in sender.service.handlers:
                    place = _place(handler)
                    if place and handler is not sender and handler.value in targets:
                        yield place, sender.name
