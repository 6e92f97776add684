"""What `value.name` may be, and what assigning to it does."""

from __future__ import annotations

import ast

from guidelines.lint.model import calls, flow, hints, importing, sdk
from guidelines.lint.model.arguments import Arguments
from guidelines.lint.model.definitions import ClassDefinition
from guidelines.lint.model.run import Run
from guidelines.lint.model.values import (
    NOTHING,
    Bound,
    Class,
    Collection,
    Context,
    Elements,
    External,
    Func,
    Future,
    Instance,
    Named,
    Operation,
    Promise,
    Registration,
    ServiceObject,
    Super,
    Text,
    Tuple,
    Unit,
    Value,
    Values,
    Variable,
    Yielded,
)

ENUMS = {f"enum.{name}" for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag")}
LONGEST_PATH = 160
LONGEST_CHAIN = 7


def extended(path: str, suffix: str) -> str:
    """A longer path, up to a point: chains of calls in a loop have no end."""
    if len(path) > LONGEST_PATH or path.count("()") + path.count("[]") >= LONGEST_CHAIN:
        return path
    return path + suffix


def get(run: Run, node: ast.AST, value: Value, name: str) -> Values:
    """The values of an attribute."""
    match value:
        case External(path=path):
            return _of_external(run, path, name)
        case Unit(module=module):
            found = importing.member(run.engine, module, name)
            if not found and module.is_package:
                submodule = run.engine.imports.submodule(module, "", module, name)
                if submodule is not None:
                    run.engine.module_frame(submodule)
                    return frozenset({Unit(submodule)})
            return found
        case Context(checked=checked):
            return frozenset({Operation(name, checked)}) if name in sdk.OPERATIONS else NOTHING
        case Instance():
            return _of_instance(run, node, value, name)
        case Class(definition=definition):
            if name == "__subclasses__":
                return frozenset({Bound(External("class.__subclasses__"), value)})
            return _of_class(run, definition, name)
        case Super(definition=definition, receiver=receiver):
            return _of_super(run, node, definition, receiver, name)
        case ServiceObject():
            return _of_service(run, value, name)
        case Collection(kind="namespace", site=site):
            cells = [run.engine.cell("attribute", site, key) for key in (name, "*")]
            return NOTHING.union(*map(run.engine.read, cells))
        case Func() if name == "register":
            return frozenset({Bound(External("singledispatch.register"), value)})
        case Yielded(callee=callee) if name == "value":
            return flow.enter(run, node, calls.call_value(run, node, callee, Arguments()))
    prefix = _METHODS_OF.get(type(value))
    if isinstance(value, Collection):
        prefix = value.kind
    return frozenset({Bound(External(f"{prefix}.{name}"), value)}) if prefix else NOTHING


_METHODS_OF: dict[type[Value], str] = {
    Tuple: "tuple",
    Named: "dict",
    Elements: "list",
    Text: "str",
    Promise: "promise",
    Future: "future",
    Variable: "variable",
}


def _of_external(run: Run, path: str, name: str) -> Values:
    longer = extended(path, f".{name}")
    if not path.endswith(")"):
        found = run.engine.imports.absolute(run.frame.function.module, longer)
        if found is not None:
            run.engine.module_frame(found)
            return frozenset({Unit(found)})
    return frozenset({External(sdk.canonical(longer))})


def _of_service(run: Run, value: ServiceObject, name: str) -> Values:
    if name in ("handler", "main"):
        return frozenset({Registration(value, name)})
    service = run.engine.services.get(value)
    if service is None or service.definition is None:
        return NOTHING
    found: Values = NOTHING
    for item in _class_attribute(run, service.definition, name):
        found |= {Bound(item, value)} if isinstance(item, Func) and not item.static else {item}
    return found


def _class_attribute(run: Run, definition: ClassDefinition, name: str) -> Values:
    for ancestor in definition.ancestors():
        if name in ancestor.body.locals and ancestor.frame is not None:
            return run.engine.read(ancestor.frame.name(name))
    return NOTHING


def _of_class(run: Run, definition: ClassDefinition, name: str) -> Values:
    found: Values = NOTHING
    for value in _class_attribute(run, definition, name):
        if isinstance(value, Func) and value.static == "classmethod":
            found |= {Bound(value, Class(definition))}
        else:
            found |= {value}
    if not found:
        for path in definition.all_external_bases():
            found |= {External(sdk.canonical(extended(path, f".{name}")))}
    if name in definition.body.locals and ENUMS & definition.all_external_bases():
        methods = all(isinstance(value, Func | Bound) for value in found) if found else False
        return found if methods else frozenset({Instance(definition)})
    return found


def bind_method(run: Run, node: ast.AST, value: Value, receiver: Value, definition: ClassDefinition) -> Values:
    """A class attribute, seen through an object."""
    if not isinstance(value, Func) or value.static == "staticmethod":
        return frozenset({value})
    if value.static == "classmethod":
        return frozenset({Bound(value, Class(definition))})
    if value.static == "property":
        return calls.call_value(run, node, value, Arguments([frozenset({receiver})]))
    return frozenset({Bound(value, receiver)})


def _of_instance(run: Run, node: ast.AST, value: Instance, name: str) -> Values:
    engine, definition = run.engine, value.definition
    if value.exact:
        found = engine.read(engine.cell("field", definition, value.site, name))
    else:
        found = engine.read(engine.cell("any field", definition, name))
    if found:
        return found
    classes = [definition]
    if not value.exact:
        classes += [
            other for other in definition.descendants() if definition.module.is_test or not other.module.is_test
        ]
    for index, candidate in enumerate(classes):
        if index and name not in candidate.body.locals:
            continue
        for item in _class_attribute(run, candidate, name):
            receiver = value if candidate is definition else Instance(candidate, None, exact=False)
            found |= bind_method(run, node, item, receiver, candidate)
    if found:
        return found
    for ancestor in definition.ancestors():
        for statement in ancestor.body.own(ast.AnnAssign):
            if isinstance(statement.target, ast.Name) and statement.target.id == name:
                return hints.values_of(run, ancestor.frame, statement.annotation)
    for path in definition.all_external_bases():
        found |= {External(sdk.canonical(extended(path, f"().{name}")))}
    return found


def _of_super(run: Run, node: ast.AST, definition: ClassDefinition, receiver: Value, name: str) -> Values:
    own = receiver.definition if isinstance(receiver, Instance | Class) else definition
    order = own.ancestors()
    after = order[order.index(definition) + 1 :] if definition in order else definition.ancestors()[1:]
    for ancestor in after:
        if name in ancestor.body.locals and ancestor.frame is not None:
            found: Values = NOTHING
            for item in run.engine.read(ancestor.frame.name(name)):
                found |= bind_method(run, node, item, receiver, own)
            return found
    if isinstance(receiver, ServiceObject):
        return _of_service(run, receiver, name) if name in ("handler", "main") else NOTHING
    return frozenset(External(sdk.canonical(extended(path, f"().{name}"))) for path in definition.all_external_bases())


def put(run: Run, owner: Value, name: str, values: Values) -> None:
    """Assigns to an attribute."""
    engine = run.engine
    match owner:
        case Instance(definition=definition, site=site):
            engine.add(engine.cell("field", definition, site, name), values)
            for ancestor in definition.ancestors():
                engine.add(engine.cell("any field", ancestor, name), values)
        case Class(definition=definition) if definition.frame is not None:
            definition.body.locals.add(name)
            engine.add(definition.frame.name(name), values)
        case Unit(module=module):
            engine.add(engine.module_frame(module).name(name), values)
        case Collection(kind="namespace", site=site):
            engine.add(engine.cell("attribute", site, name), values)


def call_method(run: Run, node: ast.AST, value: Instance, name: str, positional: list[Values]) -> Values:
    """Calls a method of an object, if its class has it."""
    if not any(name in ancestor.body.locals for ancestor in value.definition.ancestors()):
        return NOTHING
    found: Values = NOTHING
    for callee in _of_instance(run, node, value, name):
        found |= calls.call_value(run, node, callee, Arguments(list(positional)))
    return found
