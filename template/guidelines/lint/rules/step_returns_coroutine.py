"""Actions that are not what ctx.run_typed can run."""

import ast
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.frame import Frame, Mode
from guidelines.lint.model.project import Project, argument
from guidelines.lint.model.reach import own_nodes
from guidelines.lint.model.values import Bound, Coroutine, External, Func, Partial, Value
from guidelines.lint.report import at
from guidelines.rule import Rule

ASYNC_CLIENTS = ("httpx.AsyncClient()", "aiohttp.ClientSession()", "openai.AsyncOpenAI()", "anthropic.AsyncAnthropic()")
ASYNC_FUNCTIONS = {"asyncio.sleep", "asyncio.gather", "litellm.acompletion", "asyncio.wait_for"}


def check(project: Project) -> Iterator[Finding]:
    for frame in [*project.durable, *project.steps]:
        for call in project.calls(frame):
            if project.operations(frame, call) & {"run", "run_typed"}:
                action = argument(call, 1, "action")
                if action is not None:
                    yield from _action(project, frame, call, action)


def _action(project: Project, frame: Frame, call: ast.Call, action: ast.expr) -> Iterator[Finding]:
    values = frame.of(action)
    if values and all(isinstance(value, Coroutine) for value in values):
        message = f"{ast.unparse(action)[:60]} is called instead of passed: give the function and its arguments"
        yield at(project, RULE, frame, call, message)
        return
    for value in values:
        function = _plain_function(value)
        if function is not None and _returns_coroutine(frame, call, function):
            message = "the action is not async but returns a coroutine, which does not serialise"
            yield at(project, RULE, frame, call, message)
            return


def _plain_function(value: Value) -> Func | None:
    while isinstance(value, Bound | Partial):
        value = value.callee
    return value if isinstance(value, Func) and not value.function.is_async else None


def _returns_coroutine(frame: Frame, call: ast.Call, func: Func) -> bool:
    if func.function.is_generator:
        return False
    for callee, node in frame.edges:
        if node is call and callee.mode is Mode.STEP and callee.function is func.function:
            if any(isinstance(value, Coroutine) for value in callee.returned.values):
                return True
            return any(_is_async_call(callee, node) for node in _results(func))
    return False


def _results(func: Func) -> list[ast.expr]:
    node = func.function.node
    if isinstance(node, ast.Lambda):
        return [node.body]
    found = own_nodes(func.function.body)
    return [item.value for item in found if isinstance(item, ast.Return) and item.value is not None]


def _is_async_call(callee: Frame, node: ast.expr) -> bool:
    if not isinstance(node, ast.Call):
        return False
    for value in callee.of(node.func):
        if isinstance(value, External):
            if value.path in ASYNC_FUNCTIONS:
                return True
            if value.path.startswith(ASYNC_CLIENTS) and value.path.count("()") == 1:
                return not value.path.endswith(("build_request", ".stream"))
    return False


RULE = Rule(
    name="step-returns-coroutine",
    guidelines=("do-I-3", "do-I-2"),
    severity=Severity.ERROR,
    checker="lint",
    purpose="Finds actions that return a coroutine: lambdas around async functions, and calls instead of functions.",
    why="The SDK awaits an action only if it is an async function. The coroutine of any other is serialised, which "
    "fails, and the step is retried for ever.",
    remedy="Pass the async function itself, and its arguments after the options: ctx.run_typed(name, fetch, url=url).",
    bad="""
import restate

pages = restate.Service("Pages")


async def fetch(url: str) -> str:
    return url


@pages.handler()
async def read(ctx: restate.Context, url: str) -> str:
    return await ctx.run_typed("fetch", lambda: fetch(url))
""",
    good="""
import restate

pages = restate.Service("Pages")


async def fetch(url: str) -> str:
    return url


@pages.handler()
async def read(ctx: restate.Context, url: str) -> str:
    return await ctx.run_typed("fetch", fetch, url=url)
""",
    check=check,
)
