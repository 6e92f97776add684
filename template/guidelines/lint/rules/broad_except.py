"""Broad `except` clauses around context operations."""

import ast
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project
from guidelines.lint.model.reach import own_nodes
from guidelines.lint.model.values import External, Generator
from guidelines.lint.report import at, handled, paths, raises_always, raises_in
from guidelines.rule import Rule

EVERYTHING = {"builtins.BaseException", "restate.SdkInternalBaseException"}
BROAD = EVERYTHING | {"builtins.Exception"}
RETRYING = ("tenacity.", "backoff.on_", "stamina.", "retrying.", "retry.", "aioretry.", "async_retrying.")
TERMINAL = {"restate.TerminalError"}


def check(project: Project) -> Iterator[Finding]:
    yield from _retried(project)
    managers = set(_managers(project))
    for frame in project.durable:
        for node in frame.function.own(ast.Try, ast.TryStar):
            if project.operates(frame, node.body) or (frame in managers and _yields(node.body)):
                yield from _try(project, frame, node)
        for block in frame.function.own(ast.With, ast.AsyncWith):
            yield from _suppress(project, frame, block)


def _try(project: Project, frame: Frame, node: ast.Try | ast.TryStar) -> Iterator[Finding]:
    terminal_first = False
    for handler in node.handlers:
        caught = handled(handler, frame)
        broad = caught & BROAD
        if broad:
            yield from _judge(project, frame, handler, caught, terminal_first)
        terminal_first = terminal_first or bool(caught & TERMINAL)


def _judge(
    project: Project, frame: Frame, handler: ast.ExceptHandler, caught: set[str], terminal_first: bool
) -> Iterator[Finding]:
    name = "bare except" if handler.type is None else f"except {ast.unparse(handler.type)}"
    if raises_always(handler.body):
        other = [node for node in raises_in(handler.body) if not _is_same(node, handler)]
        if other and not terminal_first:
            message = f"{name} around context operations turns cancellation into another error"
            yield at(project, RULE, frame, handler, message, severity=Severity.WARNING)
        return
    terminal_first = terminal_first or _lets_terminal_errors_through(handler, frame)
    severity = Severity.WARNING if terminal_first and not caught & EVERYTHING else Severity.ERROR
    what = "disconnects" if terminal_first else "cancellation and disconnects"
    what += " and suspension" if caught & EVERYTHING else ""
    message = f"{name} around context operations swallows {what}"
    yield at(project, RULE, frame, handler, message, severity=severity)


def _lets_terminal_errors_through(handler: ast.ExceptHandler, frame: Frame) -> bool:
    """`if isinstance(error, TerminalError): raise` at the top."""
    first = handler.body[0]
    if not isinstance(first, ast.If) or not isinstance(first.test, ast.Call) or len(first.test.args) != 2:
        return False
    is_check = "builtins.isinstance" in paths(frame.of(first.test.func))
    return is_check and bool(_types(frame, first.test.args[1]) & TERMINAL) and raises_always(first.body)


def _types(frame: Frame, node: ast.expr) -> set[str]:
    """The exceptions that an argument names, by itself or in a tuple."""
    return handled(ast.ExceptHandler(type=node.value if isinstance(node, ast.Starred) else node, body=[]), frame)


def _is_same(node: ast.Raise, handler: ast.ExceptHandler) -> bool:
    return node.exc is None or (isinstance(node.exc, ast.Name) and node.exc.id == handler.name)


def _suppress(project: Project, frame: Frame, block: ast.With | ast.AsyncWith) -> Iterator[Finding]:
    """`with suppress(…)`, also through an exit stack that the block opens, or a variable of the module."""
    for item in block.items:
        node = item.context_expr
        held = External("contextlib.suppress()") in frame.of(node) and _is_broad(project, frame, node)
        if held and project.operates(frame, block.body):
            message = f"{ast.unparse(node)} around context operations swallows cancellation and disconnects"
            yield at(project, RULE, frame, node, message)
    entered = [node for node in own_nodes(block.body) if isinstance(node, ast.Call) and _enters(project, frame, node)]
    for call in [*(item.context_expr for item in block.items), *entered]:
        if isinstance(call, ast.Call) and "contextlib.suppress" in project.externals(frame, call):
            caught = set().union(*(_types(frame, argument) for argument in call.args))
            if caught & BROAD and project.operates(frame, block.body):
                message = f"{ast.unparse(call)} around context operations swallows cancellation and disconnects"
                yield at(project, RULE, frame, call, message)


def _enters(project: Project, frame: Frame, call: ast.Call) -> bool:
    """A call of `suppress` that is an argument of a stack's `enter_context`."""
    stacks = {f"contextlib.{name}().enter_context" for name in ("ExitStack", "AsyncExitStack")}
    return any(call in other.args and project.externals(frame, other) & stacks for other in project.calls(frame))


def _is_broad(project: Project, frame: Frame, node: ast.expr) -> bool:
    """Whether a variable of the module holds a `suppress` of everything."""
    module = frame.function.module
    for statement in module.body.own(ast.Assign):
        named = any(isinstance(target, ast.Name) and target.id == ast.unparse(node) for target in statement.targets)
        if named and isinstance(statement.value, ast.Call):
            outside = project.engine.module_frame(module)
            return any(_types(outside, argument) & BROAD for argument in statement.value.args)
    return False


def _retried(project: Project) -> Iterator[Finding]:
    """Retries of a library around context operations: they too catch whatever comes."""
    for frame in project.durable:
        decorators = project.engine.decorators.get(frame.function, set())
        library = next((path.split(".")[0] for path in sorted(decorators) if path.startswith(RETRYING)), None)
        if library and frame in project.operating:
            message = f"{library} retries context operations: it catches cancellation and disconnects"
            node = getattr(frame.function.node, "decorator_list", [frame.function.node])[0]
            yield at(project, RULE, frame, node, message, severity=Severity.WARNING)
        for loop in frame.function.own(ast.For, ast.AsyncFor):
            called = project.externals(frame, loop.iter)
            if any(path.startswith(RETRYING) for path in called) and project.operates(frame, loop.body):
                message = (
                    f"{ast.unparse(loop.iter)} retries context operations: it catches cancellation and disconnects"
                )
                yield at(project, RULE, frame, loop, message, severity=Severity.WARNING)


def _managers(project: Project) -> Iterator[Frame]:
    """Generators that are entered around context operations: what is in their `try` is around the `with` block."""
    for frame in project.durable:
        for block in frame.function.own(ast.With, ast.AsyncWith):
            entered = [value for item in block.items for value in frame.of(item.context_expr)]
            generators = [value.frame for value in entered if isinstance(value, Generator)]
            if generators and project.operates(frame, block.body):
                yield from generators


def _yields(body: list[ast.stmt]) -> bool:
    return any(isinstance(node, ast.Yield) for node in own_nodes(body))


RULE = Rule(
    name="broad-except",
    guidelines=("dont-I-1",),
    severity=Severity.ERROR,
    checker="lint",
    purpose="Finds bare except, except Exception and suppress(Exception) around context operations.",
    why="Cancellation and lost connections arrive as exceptions of the operation that is awaited. A handler that "
    "swallows them goes on: a cancelled invocation succeeds, compensations run for what was not done.",
    remedy="Catch restate.TerminalError, or re-raise what is not yours.",
    bad="""
import restate

orders = restate.Service("Orders")


def ship(order: str) -> str:
    return order


@orders.handler()
async def place(ctx: restate.Context, order: str) -> str:
    try:
        return await ctx.run_typed("ship", ship, order=order)
    except Exception:
        return "failed"
""",
    good="""
import restate

orders = restate.Service("Orders")


def ship(order: str) -> str:
    return order


@orders.handler()
async def place(ctx: restate.Context, order: str) -> str:
    try:
        return await ctx.run_typed("ship", ship, order=order)
    except restate.TerminalError as error:
        if error.status_code == 409:
            raise
        return f"failed: {error.message}"
""",
    check=check,
)
