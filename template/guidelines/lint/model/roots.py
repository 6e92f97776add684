"""Where durable code starts: handlers, agent tools; and finding them by evaluating everything."""

from __future__ import annotations

import ast

from guidelines.lint.model import calls
from guidelines.lint.model.arguments import Arguments
from guidelines.lint.model.definitions import Function
from guidelines.lint.model.engine import Engine
from guidelines.lint.model.frame import Frame, Mode
from guidelines.lint.model.reach import operating
from guidelines.lint.model.run import Run
from guidelines.lint.model.source import Module
from guidelines.lint.model.values import NOTHING, Class, Context, Func, Instance, Operation, Value, Values

DURABLE_TOOLS = {"restate.ext.openai.durable_function_tool", "restate.ext.openai.durable_function_tool()"}


def explore(engine: Engine) -> list[Frame]:
    """Evaluates the whole project; returns the frames where durable code starts."""
    for module in engine.modules:
        engine.module_frame(module)
    engine.settle()
    roots: list[Frame] = []
    while True:
        roots += _new_handlers(engine)
        unvisited = [
            func for function, made in list(engine.made.items()) if function not in engine.by_function for func in made
        ]
        if not unvisited:
            break
        for func in unvisited:
            if func.function not in engine.by_function:
                _enter(engine, func.function.module, func.function.node, func, _own_arguments(func), Mode.OUTSIDE)
                engine.settle()
    return roots + _tools(engine, bool(roots))


def _enter(engine: Engine, module: Module, node: ast.AST, value: Value, given: Arguments, mode: Mode) -> list[Frame]:
    root = engine.frame(module.body, engine.module_frame(module), mode, frozenset({("root", node)}))
    calls.call_value(Run(engine, root), node, value, given, mode)
    return [edge.callee for (_, at), edge in root.edges.items() if at is node]


def _own_arguments(func: Func) -> Arguments:
    """`self` or `cls` of a method that nobody in the project calls."""
    owner = func.function.owner
    if owner is None or "staticmethod" in _decorator_names(func.function):
        return Arguments()
    receiver: Value = Instance(owner, None, exact=False)
    if "classmethod" in _decorator_names(func.function):
        receiver = Class(owner)
    return Arguments([frozenset({receiver})])


def _decorator_names(function: Function) -> set[str]:
    found = getattr(function.node, "decorator_list", [])
    return {item.id for item in found if isinstance(item, ast.Name)}


def _new_handlers(engine: Engine) -> list[Frame]:
    roots: list[Frame] = []
    while pending := [handler for handler in engine.handlers.values() if not handler.roots]:
        for handler in pending:
            context: Values = frozenset({Context(handler.service.checked)})
            module = handler.service.frame.function.module
            rest = _request(handler.value)
            given = Arguments([context, *rest])
            handler.roots = _enter(engine, module, handler.node, handler.value, given, Mode.DURABLE)
            if not handler.roots:
                handler.roots = [engine.frame(module.body, None, Mode.DURABLE, frozenset({("no handler", handler)}))]
            roots += handler.roots
        engine.settle()
    return roots


def _request(value: Value) -> list[Values]:
    """A request, if the callable takes one beside the context."""
    if isinstance(value, Func):
        return [NOTHING] if len(value.function.parameters) > 1 or value.function.args.vararg else []
    return [NOTHING]


def _tools(engine: Engine, has_handlers: bool) -> list[Frame]:
    """Functions that an agent calls while a handler runs it."""
    roots: list[Frame] = []
    uses = operating(engine.frames.values())
    offered = {func.function for func in engine.tools}
    for function, made in list(engine.made.items()):
        frames = engine.by_function.get(function, [])
        if any(frame.mode is not Mode.OUTSIDE for frame in frames):
            continue
        durable = engine.decorators.get(function, set()) & DURABLE_TOOLS
        is_tool = function in offered or any(_names_tool(path) for path in engine.decorators.get(function, ()))
        offered_and_used = is_tool and any(frame in uses for frame in frames)
        finds = any(_finds_context(frame) for frame in frames)
        if durable or offered_and_used or finds or _takes_context(function, frames, has_handlers):
            for func in made:
                roots += _enter(engine, function.module, function.node, func, _own_arguments(func), Mode.DURABLE)
            engine.settle()
    return roots


def _names_tool(path: str) -> bool:
    return path.removesuffix("()").rpartition(".")[2] in ("tool", "tool_plain", "function_tool")


def _finds_context(frame: Frame) -> bool:
    """Whether code outside any known handler asks for the running invocation's context, and uses it."""
    asks = any(isinstance(value, Context) for call in frame.function.own(ast.Call) for value in frame.of(call))
    return asks and _operates(frame)


def _operates(frame: Frame) -> bool:
    return any(isinstance(value, Operation) for call in frame.function.own(ast.Call) for value in frame.of(call.func))


def _takes_context(function: Function, frames: list[Frame], has_handlers: bool) -> bool:
    """A function with a context as its first parameter, made a handler by something the model cannot see."""
    if isinstance(function.node, ast.Lambda) or not function.parameters:
        return False
    first = function.parameters[1 if function.owner and len(function.parameters) > 1 else 0]
    takes = any(isinstance(v, Context) for frame in frames for v in frame.parameters.get(first.arg, NOTHING))
    if not takes or first.annotation is None:
        return False
    registered = any(
        isinstance(item, ast.Call) and isinstance(item.func, ast.Attribute) and item.func.attr in ("handler", "main")
        for item in getattr(function.node, "decorator_list", [])
    )
    return registered or not has_handlers
