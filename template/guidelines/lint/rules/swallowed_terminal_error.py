"""Terminal errors that nobody looks at."""

import ast
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.cancellation import is_sent_on
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project
from guidelines.lint.model.reach import own_nodes
from guidelines.lint.model.values import External, Operation, Tuple, Values
from guidelines.lint.report import at
from guidelines.lint.waits import waits
from guidelines.rule import Rule

PAUSES = (ast.Await, ast.AsyncFor, ast.AsyncWith)
TERMINAL = External("restate.TerminalError")


def check(project: Project) -> Iterator[Finding]:
    undoing = _undoing(project)
    for frame in project.durable:
        if frame in undoing:
            continue
        for node in frame.function.own(ast.Try, ast.TryStar):
            for handler in node.handlers:
                if not _catches_cancellation(frame, [handler.type]) or not _waits(project, frame, node.body):
                    continue
                if not is_sent_on(project, frame, node, handler) and not _is_complete(project, frame, node):
                    message = "the TerminalError is swallowed: if the invocation is cancelled here, it succeeds"
                    yield at(project, RULE, frame, handler, message)
        for block in frame.function.own(ast.With, ast.AsyncWith):
            for item in block.items:
                call = item.context_expr
                if not isinstance(call, ast.Call) or "contextlib.suppress" not in project.externals(frame, call):
                    continue
                if _catches_cancellation(frame, call.args) and _waits(project, frame, block.body):
                    message = "the TerminalError is suppressed: if the invocation is cancelled here, it succeeds"
                    yield at(project, RULE, frame, call, message)


def _waits(project: Project, frame: Frame, body: list[ast.stmt]) -> bool:
    """Whether a cancellation can arrive here: only where something durable is awaited."""
    pauses = any(isinstance(node, PAUSES) or getattr(node, "is_async", 0) for node in own_nodes(body))
    return pauses and project.operates(frame, body)


def _catches_cancellation(frame: Frame, types: list[ast.expr] | list[ast.expr | None]) -> bool:
    """Whether TerminalError itself is caught: a cancellation is never one of its subclasses."""
    for item in types:
        if isinstance(item, ast.Starred):
            item = item.value
        if isinstance(item, ast.Tuple):
            if _catches_cancellation(frame, list(item.elts)):
                return True
        elif _holds(frame.of(item)):
            return True
    return False


def _holds(values: Values) -> bool:
    return TERMINAL in values or any(TERMINAL in item for v in values if isinstance(v, Tuple) for item in v.items)


def _undoing(project: Project) -> set[Frame]:
    """Helpers that are called in `except` clauses only: what they undo fails on its own, and the clause has the say."""
    calls: dict[Frame, list[bool]] = {}
    for frame in project.durable:
        inside = {
            inner for node in frame.function.own(ast.ExceptHandler) if _raises(node) for inner in own_nodes(node.body)
        }
        for callee, node in frame.edges:
            calls.setdefault(callee, []).append(node in inside)
    return {frame for frame, clauses in calls.items() if all(clauses)}


def _raises(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(node, ast.Raise) for node in own_nodes(handler.body))


def _is_complete(project: Project, frame: Frame, node: ast.Try | ast.TryStar) -> bool:
    """Whether only futures are awaited that are complete: what they raise is their own failure."""
    if any(isinstance(value, Operation) for call in _calls(node.body) for value in frame.of(call.func)):
        return False
    waited = [wait for wait in waits(project, frame) if wait.node.lineno < node.lineno]
    complete = {site for wait in waited if isinstance(wait.node, ast.Call) for site in wait.sites}
    body = set(own_nodes(node.body))
    awaited = [wait for wait in waits(project, frame) if wait.node in body]
    through = any(at_node in body and callee in project.operating for callee, at_node in frame.edges)
    return bool(awaited) and not through and all(wait.sites <= complete for wait in awaited)


def _calls(body: list[ast.stmt]) -> Iterator[ast.Call]:
    return (node for node in own_nodes(body) if isinstance(node, ast.Call))


RULE = Rule(
    name="swallowed-terminal-error",
    guidelines=("do-V-7", "do-V-2"),
    severity=Severity.WARNING,
    checker="lint",
    purpose="Finds except TerminalError clauses that neither raise nor ask whether it is a cancellation.",
    why="Cancellation arrives as a TerminalError, 409 'cancelled'. Swallowed, the cancelled invocation reports "
    "success; a rejected awakeable looks like a resolved one.",
    remedy="Re-raise a cancellation, and say in the result what failed.",
    bad="""
import restate

news = restate.Service("News")


def publish(text: str) -> None:
    print(text)


@news.handler()
async def announce(ctx: restate.Context, text: str) -> None:
    try:
        await ctx.run_typed("publish", publish, text=text)
    except restate.TerminalError:
        pass
""",
    good="""
import restate

news = restate.Service("News")


def publish(text: str) -> None:
    print(text)


@news.handler()
async def announce(ctx: restate.Context, text: str) -> None:
    try:
        await ctx.run_typed("publish", publish, text=text)
    except restate.TerminalError as error:
        if error.status_code == 409:
            raise
""",
    check=check,
)
