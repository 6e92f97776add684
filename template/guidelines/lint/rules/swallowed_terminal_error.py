"""Terminal errors that nobody looks at."""

import ast
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.project import Project
from guidelines.lint.model.reach import own_nodes
from guidelines.lint.report import at, handled, paths
from guidelines.rule import Rule

TERMINAL = "restate.TerminalError"


def check(project: Project) -> Iterator[Finding]:
    for frame in project.durable:
        for node in frame.function.own(ast.Try):
            for handler in node.handlers:
                if TERMINAL in handled(handler, frame) and _ignores(handler) and project.operates(frame, node.body):
                    message = "the TerminalError is swallowed: if the invocation is cancelled here, it succeeds"
                    yield at(project, RULE, frame, handler, message)
        for block in frame.function.own(ast.With, ast.AsyncWith):
            for item in block.items:
                call = item.context_expr
                if isinstance(call, ast.Call) and "contextlib.suppress" in project.externals(frame, call):
                    caught = set().union(*(paths(frame.of(argument)) for argument in call.args))
                    if TERMINAL in caught and project.operates(frame, block.body):
                        message = "the TerminalError is suppressed: if the invocation is cancelled here, it succeeds"
                        yield at(project, RULE, frame, call, message)


def _ignores(handler: ast.ExceptHandler) -> bool:
    """Whether the error is neither raised again nor looked at."""
    for node in own_nodes(handler.body):
        if isinstance(node, ast.Raise) or (isinstance(node, ast.Name) and node.id == handler.name):
            return False
    return True


RULE = Rule(
    name="swallowed-terminal-error",
    guidelines=("do-V-7", "do-V-2"),
    severity=Severity.WARNING,
    checker="lint",
    purpose="Finds except TerminalError clauses that neither raise nor look at the error.",
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
