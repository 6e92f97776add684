"""Import statements, wherever they stand."""

from __future__ import annotations

import ast

from guidelines.lint.model import sdk
from guidelines.lint.model.engine import Engine
from guidelines.lint.model.run import Run
from guidelines.lint.model.source import Module
from guidelines.lint.model.values import NOTHING, External, Unit, Values


def plain(run: Run, node: ast.Import) -> bool:
    """`import a.b` binds `a`; `import a.b as c` binds what `a.b` is."""
    module = run.frame.function.module
    for alias in node.names:
        path = alias.name if alias.asname else alias.name.split(".")[0]
        run.assign(alias.asname or path, _module(run.engine, module, path))
        found = run.engine.imports.absolute(module, alias.name)
        if found is not None:
            run.engine.module_frame(found)
    return False


def _module(engine: Engine, importer: Module, path: str) -> Values:
    found = engine.imports.absolute(importer, path)
    if found is not None:
        engine.module_frame(found)
        return frozenset({Unit(found)})
    return frozenset({External(sdk.canonical(path))})


def named(run: Run, node: ast.ImportFrom) -> bool:
    """`from a import b`, where `b` may be a module, and `*`."""
    engine, importer = run.engine, run.frame.function.module
    source, path = engine.imports.relative(importer, node)
    for alias in node.names:
        if alias.name == "*":
            _star(run, source, path)
            continue
        values: Values = NOTHING
        if source is not None:
            values = member(engine, source, alias.name)
        if not values and (source is None or source.is_package):
            submodule = engine.imports.submodule(source, path, importer, alias.name)
            if submodule is not None:
                engine.module_frame(submodule)
                values = frozenset({Unit(submodule)})
        if not values and source is None:
            values = frozenset({External(sdk.canonical(f"{path}.{alias.name}"))})
        run.assign(alias.asname or alias.name, values)
    return False


def member(engine: Engine, module: Module, name: str) -> Values:
    """What a name of a module is; of another module it may be imported by `*`."""
    frame = engine.module_frame(module)
    if name in module.body.locals or name in frame.names:
        return engine.read(frame.name(name))
    return frozenset(External(sdk.canonical(f"{path}.{name}")) for path in engine.stars.get(frame, ()))


def _star(run: Run, source: Module | None, path: str) -> None:
    engine = run.engine
    if source is None:
        stars = engine.stars.setdefault(run.frame, [])
        if path not in stars:
            stars.append(path)
        return
    frame = engine.module_frame(source)
    for name in [*source.body.locals, *frame.names]:
        if not name.startswith("_"):
            values = engine.read(frame.name(name))
            run.names[name] = values
            engine.add(run.frame.name(name), values)
    for star in engine.stars.get(frame, ()):
        stars = engine.stars.setdefault(run.frame, [])
        if star not in stars:
            stars.append(star)
