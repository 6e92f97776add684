"""Every place in durable code that is not the same when it runs again. Several rules report a part of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from guidelines.lint import catalogue, packages
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project
from guidelines.lint.model.values import External, Func


@dataclass(frozen=True)
class Source:
    """`path` is what is called (or read), `kind` what it depends on: see `catalogue.kind`."""

    frame: Frame
    node: ast.expr
    path: str
    kind: str


@lru_cache(maxsize=2)
def sources(project: Project) -> list[Source]:
    return [
        source for frame in project.durable if not _is_trusted(project, frame) for source in _of_frame(project, frame)
    ]


def _is_trusted(project: Project, frame: Frame) -> bool:
    """Whether the configuration lists the function itself as deterministic."""
    name = f"{frame.function.module.name}.{frame.function.name}"
    return catalogue.is_within(name, project.settings.deterministic)


def _of_frame(project: Project, frame: Frame) -> Iterator[Source]:
    for call in frame.function.own(ast.Call):
        for path in sorted(project.externals(frame, call)):
            kind = _kind(project, frame, call, path)
            if kind is not None:
                yield Source(frame, call, path, kind)
                break
        else:
            for name in _named(project, frame, call):
                yield Source(frame, call, name, "named")
    for node in frame.externals:
        if not isinstance(node, ast.Call) and isinstance(node, ast.expr):
            for path in sorted(frame.externals[node]):
                kind = _listed(project, path) or catalogue.kind(path, 0)
                if kind is not None:
                    yield Source(frame, node, path, kind)
                    break
    if _listed(project, "os.environ") == "":
        return
    for read in frame.function.own(ast.Attribute, ast.Name):
        if isinstance(read.ctx, ast.Load) and External("os.environ") in frame.of(read):
            yield Source(frame, read, "os.environ", "environment")


def _listed(project: Project, path: str) -> str | None:
    """What the user's configuration says: "named" for not deterministic, "" for deterministic, None for nothing."""
    if catalogue.is_within(path.replace("()", ""), project.settings.nondeterministic):
        return "named"
    if catalogue.is_within(path.replace("()", ""), project.settings.deterministic):
        return ""
    return None


def _kind(project: Project, frame: Frame, call: ast.Call, path: str) -> str | None:
    listed = _listed(project, path)
    if listed is not None:
        return listed or None
    named = [keyword for keyword in call.keywords if keyword.arg not in catalogue.STYLES]
    kind = catalogue.kind(path, len(call.args) + len(named))
    if kind is None and _shared_generator(frame, call, path):
        return "id"
    if path == "builtins.hash" and frame.function.name == "__hash__":
        return None
    if kind == "sleep" and call.args and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0:
        return None
    if kind == "llm" and _is_wrapped(project, call, path):
        return None
    return _of_file(frame, call, path, kind)


def _of_file(frame: Frame, call: ast.Call, path: str, kind: str | None) -> str | None:
    """A file that is text in memory is none; a table is written to one only if it is told where."""
    where = frame.of(call.args[0]) if call.args else frozenset()
    in_memory = any(External(memory) in where for memory in packages.IN_MEMORY)
    if kind == "file" and in_memory:
        return None
    written = bool(call.args) and not in_memory and packages.WRITERS.match(path) is not None
    return "file" if kind is None and written else kind


def _shared_generator(frame: Frame, call: ast.Call, path: str) -> bool:
    """A method of a `random.Random` that other invocations use as well: however it was seeded, its state differs."""
    if not path.startswith(tuple(f"{name}()." for name in catalogue.SEEDED)):
        return False
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id not in frame.function.locals and _is_global(frame, owner.id)


def _is_global(frame: Frame, name: str) -> bool:
    closure = frame.closure
    while closure is not None and closure.closure is not None:
        if name in closure.function.locals:
            return False
        closure = closure.closure
    return True


def _named(project: Project, frame: Frame, call: ast.Call) -> Iterator[str]:
    """Functions of the project that the configuration calls not deterministic."""
    if not project.settings.nondeterministic:
        return
    for value in frame.of(call.func):
        callee = getattr(value, "callee", value)
        if isinstance(callee, Func):
            name = f"{callee.function.module.name}.{callee.function.name}"
            if catalogue.is_within(name, project.settings.nondeterministic):
                yield name


def _is_wrapped(project: Project, call: ast.Call, path: str) -> bool:
    """Whether an agent's own integration with Restate journals the calls of the model."""
    if path in catalogue.RUNNERS:
        return any(keyword.arg == "run_config" for keyword in call.keywords)
    if path.startswith(("langchain", "langgraph")):
        return mentions(project, "RestateMiddleware")
    return path.startswith("google.adk") and mentions(project, "RestatePlugin")


def mentions(project: Project, name: str) -> bool:
    return any(name in module.text for module in project.modules)
