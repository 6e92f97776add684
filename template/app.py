"""One ASGI app out of everything found in services/, objects/ and workflows/: dropping a file in is enough."""

import importlib
import importlib.util
import pkgutil
from types import ModuleType
from typing import Any

import restate

import settings

PACKAGES = ("services", "objects", "workflows")

Component = restate.Service | restate.VirtualObject | restate.Workflow


def components() -> list[Component]:
    """Every service, virtual object and workflow of the three packages, sorted by name.

    Raises:
        StartupError: for a module that does not import, and for two components of one name.
    """
    found: dict[str, tuple[Component, str]] = {}
    for module in _modules():
        for value in vars(module).values():
            if not isinstance(value, Component):
                continue
            other, where = found.setdefault(value.name, (value, module.__name__))
            if other is not value:
                raise settings.StartupError(
                    f"two components are named '{value.name}': in {where} and in {module.__name__}"
                )
    return [found[name][0] for name in sorted(found)]


def _modules() -> list[ModuleType]:
    modules = []
    for package in map(_import, PACKAGES):
        modules.append(package)
        for info in sorted(pkgutil.walk_packages(package.__path__, f"{package.__name__}."), key=lambda m: m.name):
            modules.append(_import(info.name))
    return modules


def _import(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except settings.StartupError:
        raise
    except Exception as error:
        raise settings.StartupError(f"cannot import '{name}': {type(error).__name__}: {error}") from error


def _app() -> Any:
    if importlib.util.find_spec("telemetry"):  # where it was chosen; it declares a resource, and settings
        _import("telemetry")
    found = components()
    settings.check()  # after the imports: every component has declared its settings by now
    return restate.app(found, identity_keys=settings.ServerSettings.read().identity_keys)


app = _app()
