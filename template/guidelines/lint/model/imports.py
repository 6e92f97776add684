"""Which file an import means.

Files are found as Python would, with every folder on the way up from the importer to the root as a possible source
root, so that several projects in one tree, `src` layouts and scripts all work.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable

from guidelines.lint.model.source import Module


class Imports:
    """Finds modules of the project by the names that import statements use."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self.by_location: dict[str, Module] = {}
        self.folders: set[str] = set()
        self._found: dict[tuple[str, str], Module | None] = {}
        for module in modules:
            location = module.name.replace(".", "/")
            parts = module.path.removesuffix(".py").split("/")
            location = "/".join(parts[:-1] if module.is_package else parts)
            self.by_location[location] = module
            for count in range(len(parts)):
                self.folders.add("/".join(parts[:count]))

    def absolute(self, importer: Module, name: str) -> Module | None:
        """The module that `import name` means in a file, if it is one of the project."""
        if name.split(".")[0] in sys.stdlib_module_names or name.split(".")[0] == "restate":
            return None
        folder = "/".join(importer.path.split("/")[:-1])
        key = (folder, name)
        if key not in self._found:
            self._found[key] = self._search(folder, name.replace(".", "/"))
        return self._found[key]

    def _search(self, folder: str, location: str) -> Module | None:
        while True:
            for source in ("", "src/"):
                prefix = f"{folder}/{source}" if folder else source
                if (source or not self._is_package(folder)) and prefix + location in self.by_location:
                    return self.by_location[prefix + location]
            if not folder:
                return None
            folder = folder.rpartition("/")[0]

    def _is_package(self, folder: str) -> bool:
        return bool(folder) and folder in self.by_location

    def relative(self, importer: Module, statement: ast.ImportFrom) -> tuple[Module | None, str]:
        """The module of `from x import …`, or its external path."""
        if not statement.level:
            name = statement.module or ""
            return self.absolute(importer, name), name
        parts = importer.path.split("/")[: -statement.level]
        if len(importer.path.split("/")) < statement.level:
            return None, statement.module or ""
        location = "/".join([*parts, *(statement.module or "").split(".")]).strip("/")
        return self.by_location.get(location), location.replace("/", ".")

    def submodule(self, package: Module | None, path: str, importer: Module, name: str) -> Module | None:
        """The module `name` inside a package, which may be a folder without `__init__.py`."""
        if package is not None:
            if not package.is_package:
                return None
            folder = "/".join(package.path.split("/")[:-1])
            return self.by_location.get(f"{folder}/{name}" if folder else name)
        if path.replace(".", "/") in self.folders:
            found = self.by_location.get(f"{path.replace('.', '/')}/{name}".strip("/"))
            if found:
                return found
        return self.absolute(importer, f"{path}.{name}" if path else name)
