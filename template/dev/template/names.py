"""Which names a component can have: Python's rules, Restate's, and those that are taken."""

import ast
import builtins
import importlib
import keyword
import re
from collections.abc import Iterable
from pathlib import Path

from dev.errors import DevError
from dev.template.parts import PACKAGES
from settings import StartupError

KINDS = ("service", "object", "workflow", "saga", "webhook")
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 30


def check_kind(kind: str) -> None:
    """Raises `DevError` for a kind of component that does not exist."""
    if kind not in KINDS:
        raise DevError(f"KIND={kind}: choose one of {', '.join(KINDS)}")


def check_name(name: str) -> None:
    """Raises `DevError` for a name that no module, or no component can have."""
    if not NAME.fullmatch(name) or len(name) > LONGEST:
        raise DevError(
            f"NAME={name}: use 1 to {LONGEST} lower case letters, digits and single underscores,"
            " starting with a letter, such as NAME=wishlist"
        )
    if keyword.iskeyword(name):
        raise DevError(f"NAME={name} is a keyword of Python: choose another name")
    if hasattr(builtins, name):
        raise DevError(f"NAME={name} would hide what Python calls {name}: choose another name")


def check_free(name: str, rendered: Path, root: Path) -> None:
    """Raises `DevError` if the project has such a module or component, or a rendered file needs the name itself."""
    files = [path.relative_to(rendered) for path in rendered.rglob("*.py")]
    for path in files:
        taken = [f"{package}/{path.name}" for package in (*PACKAGES, str(path.parent))]
        for other in taken:
            if (root / other).exists() or (root / other).with_suffix("").is_dir():
                raise DevError(f"NAME={name} is taken by {other}: choose another name")
    served = _served()
    for path in files:
        source = (rendered / path).read_text()
        for component in _components(source):
            if component in served:
                raise DevError(f"NAME={name} is taken: the project serves a '{component}' already; choose another name")
        if list(_bound(source)).count(name) > 1:
            raise DevError(f"NAME={name} is what {path} calls something else: choose another name")


def _served() -> set[str]:
    try:
        return {component.name for component in importlib.import_module("app").components()}
    except StartupError as error:
        raise DevError(f"mend the project first, its components cannot be told: {error}") from None


def _components(source: str) -> Iterable[str]:
    """The names that a module serves components under: what its top level calls are given first."""
    for node in ast.parse(source).body:
        match node:
            case ast.Assign(value=ast.Call(args=[ast.Constant(value=str(name)), *_])):
                yield name


def _bound(source: str) -> Iterable[str]:
    """Every name that is bound in a module, as often as it is."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.alias(name=name, asname=asname):
                yield asname or name
