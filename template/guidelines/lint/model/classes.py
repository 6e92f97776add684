"""Class statements, and making objects."""

from __future__ import annotations

import ast

from guidelines.lint.model import attributes, calls, registering, sdk
from guidelines.lint.model.arguments import Arguments
from guidelines.lint.model.definitions import ClassDefinition
from guidelines.lint.model.evaluation import evaluate
from guidelines.lint.model.frame import Mode
from guidelines.lint.model.run import Run
from guidelines.lint.model.values import (
    CALLABLE,
    Bound,
    Class,
    Context,
    External,
    Func,
    Instance,
    Values,
)

SETTINGS = "pydantic_settings.BaseSettings"


def define(run: Run, node: ast.ClassDef) -> Values:
    """Evaluates a class statement."""
    engine = run.engine
    key = (node, run.frame)
    definition = engine.definitions.get(key)
    if definition is None:
        body = engine.function(node, run.frame.function, None)
        definition = engine.definitions[key] = ClassDefinition(node, run.frame.function, body)
        body.owner = definition
    for base in node.bases:
        for value in evaluate(run, base):
            if isinstance(value, Class) and value.definition not in definition.bases:
                if definition not in value.definition.ancestors():
                    definition.bases.append(value.definition)
                    value.definition.subclasses.append(definition)
            elif isinstance(value, External):
                definition.external_bases.add(value.path)
    for keyword in node.keywords:
        evaluate(run, keyword.value)
    frame = engine.frame(definition.body, run.frame, Mode.OUTSIDE, frozenset())
    definition.frame = frame
    engine.evaluate(frame)
    for parent in definition.bases:
        for hook in attributes.get(run, node, Class(parent), "__init_subclass__"):
            if isinstance(hook, Func):
                calls.call_value(run, node, hook, Arguments([frozenset({Class(definition)})]))
    for decorator in node.decorator_list:
        for value in evaluate(run, decorator):
            if isinstance(value, Func | Bound):
                calls.call_value(run, decorator, value, Arguments([frozenset({Class(definition)})]))
    return frozenset({Class(definition)})


def is_settings(definition: ClassDefinition) -> bool:
    """Whether its objects are read from the environment."""
    return SETTINGS in definition.all_external_bases()


def construct(
    run: Run, node: ast.AST, definition: ClassDefinition, given: Arguments, mode: Mode | None = None
) -> Values:
    """Calls a class."""
    externals = definition.all_external_bases()
    if externals & sdk.CONTEXTS:
        return frozenset({Context(checked=True)})
    for path in externals & set(sdk.SERVICES):
        return registering.service(run, node, path, given, definition)
    if is_settings(definition):
        run.frame.externals.setdefault(node, set()).add(f"{SETTINGS}()")
    kept = any(
        isinstance(value, CALLABLE) or (isinstance(value, Instance) and value.site is not None) for value in given.all()
    )
    deep = run.frame.depth > 4
    durable = (mode or run.frame.mode) is Mode.DURABLE
    instance = Instance(definition, (node, run.frame) if kept and not deep else None, durable=durable)
    if any("__init__" in ancestor.body.locals for ancestor in definition.ancestors()):
        for callee in attributes.get(run, node, instance, "__init__"):
            if isinstance(callee, Bound):
                calls.call_value(run, node, callee, given, mode)
    else:
        _fill(run, node, instance, given)
    for name in ("__post_init__", "model_post_init"):
        attributes.call_method(run, node, instance, name, [])
    _validate(run, node, definition, mode)
    return frozenset({instance})


def _validate(run: Run, node: ast.AST, definition: ClassDefinition, mode: Mode | None) -> None:
    """Runs the validators of a Pydantic model."""
    for ancestor in definition.ancestors() if "pydantic.BaseModel" in definition.all_external_bases() else ():
        for name in sorted(ancestor.body.locals):
            for value in ancestor.frame.name(name).values if ancestor.frame else ():
                paths = run.engine.decorators.get(value.function, set()) if isinstance(value, Func) else set()
                if any(path.startswith("pydantic.") and "validator" in path for path in paths):
                    calls.call_value(run, node, value, Arguments([frozenset({Class(definition)})]), mode)


def _fill(run: Run, node: ast.AST, instance: Instance, given: Arguments) -> None:
    """The generated `__init__` of dataclasses, models and named tuples."""
    order: list[str] = []
    for ancestor in reversed(instance.definition.ancestors()):
        for statement in ancestor.body.own(ast.AnnAssign):
            if isinstance(statement.target, ast.Name) and statement.target.id not in order:
                order.append(statement.target.id)
    values = dict(zip(order, given.positional, strict=False)) | given.named
    for name, value in values.items():
        attributes.put(run, instance, name, value)
    for name in order:
        if name not in values and given.rest | given.rest_named:
            attributes.put(run, instance, name, given.rest | given.rest_named)
        elif name not in values:
            _default(run, node, instance, name)


def _default(run: Run, node: ast.AST, instance: Instance, name: str) -> None:
    for ancestor in instance.definition.ancestors():
        if name not in ancestor.body.locals or ancestor.frame is None:
            continue
        for factory in run.engine.read(run.engine.cell("default factory", ancestor, name)):
            made = calls.call_value(run, node, factory, Arguments())
            if isinstance(factory, External):
                run.frame.externals.setdefault(node, set()).add(factory.path)
            attributes.put(run, instance, name, made)
        return


def default_factory(run: Run, node: ast.Call, factory: Values) -> None:
    """Remembers `field(default_factory=…)` of the class whose body is being evaluated."""
    owner = run.frame.function.owner
    if owner is None or not isinstance(run.frame.function.node, ast.ClassDef):
        return
    for statement in owner.body.own(ast.AnnAssign):
        if statement.value is node and isinstance(statement.target, ast.Name):
            run.engine.add(run.engine.cell("default factory", owner, statement.target.id), factory)
