"""Functions and classes as they are written: their names, and the nodes that are their own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, overload

if TYPE_CHECKING:
    from guidelines.lint.model.frame import Frame
    from guidelines.lint.model.source import Module

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.Module | ast.ClassDef
N = TypeVar("N", bound=ast.AST)
N2 = TypeVar("N2", bound=ast.AST)
N3 = TypeVar("N3", bound=ast.AST)
N4 = TypeVar("N4", bound=ast.AST)
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


class Function:
    """A function, lambda, class body or module body: what has names of its own."""

    def __init__(
        self, node: FunctionNode, module: Module, parent: Function | None, owner: ClassDefinition | None
    ) -> None:
        self.node = node
        self.module = module
        self.parent = parent
        self.owner = owner
        self.name: str = getattr(node, "name", "lambda" if isinstance(node, ast.Lambda) else module.path)
        self.is_async = isinstance(node, ast.AsyncFunctionDef)
        self.returns: ast.expr | None = getattr(node, "returns", None)

    def __repr__(self) -> str:
        return f"<{self.module.path}:{getattr(self.node, 'lineno', 0)} {self.name}>"

    @property
    def args(self) -> ast.arguments:
        if isinstance(self.node, ast.Module | ast.ClassDef):
            raise TypeError(f"{self.name} takes no arguments")
        return self.node.args

    @property
    def body(self) -> list[ast.stmt]:
        return [] if isinstance(self.node, ast.Lambda) else self.node.body

    @cached_property
    def parameters(self) -> list[ast.arg]:
        """Those that can be given by position, in order."""
        return [*self.args.posonlyargs, *self.args.args]

    @cached_property
    def all_parameters(self) -> list[ast.arg]:
        last = [arg for arg in (self.args.vararg, self.args.kwarg) if arg]
        return [*self.parameters, *self.args.kwonlyargs, *last]

    @cached_property
    def _nodes(self) -> dict[type[ast.AST], list[ast.AST]]:
        found: dict[type[ast.AST], list[ast.AST]] = {}
        body: list[ast.AST] = [self.node.body] if isinstance(self.node, ast.Lambda) else list(self.node.body)
        stack = body[::-1]
        while stack:
            node = stack.pop()
            found.setdefault(type(node), []).append(node)
            if isinstance(node, SCOPES):
                stack.extend(_outside(node))
            else:
                stack.extend(reversed(list(ast.iter_child_nodes(node))))
        return found

    @overload
    def own(self, kind: type[N], /) -> Iterator[N]: ...
    @overload
    def own(self, kind: type[N], second: type[N2], /) -> Iterator[N | N2]: ...
    @overload
    def own(self, kind: type[N], second: type[N2], third: type[N3], /) -> Iterator[N | N2 | N3]: ...
    @overload
    def own(
        self, kind: type[N], second: type[N2], third: type[N3], fourth: type[N4], /
    ) -> Iterator[N | N2 | N3 | N4]: ...
    @overload
    def own(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]: ...
    def own(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """The nodes of these kinds that run when the function runs: not those of nested functions."""
        for kind in kinds:
            yield from self._nodes.get(kind, ())

    @cached_property
    def is_generator(self) -> bool:
        return bool(self._nodes.get(ast.Yield) or self._nodes.get(ast.YieldFrom))

    @cached_property
    def has_nested(self) -> bool:
        return any(kind in self._nodes for kind in SCOPES)

    @cached_property
    def outer_names(self) -> set[str]:
        """Names that are declared `global` or `nonlocal`."""
        return {name for node in self.own(ast.Global, ast.Nonlocal) for name in node.names}

    @cached_property
    def locals(self) -> set[str]:
        """Every name that is bound here."""
        names: set[str] = set()
        if isinstance(self.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            names.update(arg.arg for arg in self.all_parameters)
        for name in self.own(ast.Name):
            if not isinstance(name.ctx, ast.Load):
                names.add(name.id)
        for scope in self.own(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef):
            names.add(scope.name)
        for statement in self.own(ast.Import, ast.ImportFrom):
            names.update(alias.asname or alias.name.split(".")[0] for alias in statement.names)
        names.update(handler.name for handler in self.own(ast.ExceptHandler) if handler.name)
        names.update(node.name for node in self.own(ast.MatchAs, ast.MatchStar) if node.name)
        names.update(node.rest for node in self.own(ast.MatchMapping) if node.rest)
        return names - self.outer_names


class ClassDefinition:
    """A class of the project. `bases` and `frame` are filled when its statement is evaluated."""

    def __init__(self, node: ast.ClassDef, function: Function, body: Function) -> None:
        self.node = node
        self.name = node.name
        self.module = function.module
        self.body = body
        self.frame: Frame | None = None
        self.bases: list[ClassDefinition] = []
        self.external_bases: set[str] = set()
        self.subclasses: list[ClassDefinition] = []

    def __repr__(self) -> str:
        return f"<class {self.name}>"

    def ancestors(self) -> list[ClassDefinition]:
        """The class and its bases, nearest first; in a diamond the shared base comes last."""
        order: list[ClassDefinition] = []
        pending = [self]
        while pending and len(order) < 200:
            current = pending.pop(0)
            if current in order:
                order.remove(current)
            order.append(current)
            pending = [*current.bases, *(other for other in pending if other not in current.bases)]
        return order

    def all_external_bases(self) -> set[str]:
        return {path for definition in self.ancestors() for path in definition.external_bases}

    def descendants(self) -> list[ClassDefinition]:
        found: list[ClassDefinition] = []
        pending = list(self.subclasses)
        while pending:
            current = pending.pop()
            if current not in found:
                found.append(current)
                pending.extend(current.subclasses)
        return found


def _outside(node: ast.AST) -> list[ast.AST]:
    """What of a nested definition runs where the definition stands: decorators, defaults, bases."""
    if isinstance(node, ast.Lambda):
        return [*node.args.defaults, *(default for default in node.args.kw_defaults if default)]
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return [*node.decorator_list, *node.args.defaults, *(default for default in node.args.kw_defaults if default)]
    return []
