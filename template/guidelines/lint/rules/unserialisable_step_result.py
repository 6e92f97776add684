"""Step results that do not fit into the journal."""

import ast
import re
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model import hints
from guidelines.lint.model.frame import Frame, Mode
from guidelines.lint.model.project import Project, argument
from guidelines.lint.model.run import Run
from guidelines.lint.model.values import (
    Bound,
    Class,
    Collection,
    External,
    Func,
    Instance,
    Operation,
    Partial,
    Tuple,
    TypeForm,
    Value,
    Values,
)
from guidelines.lint.report import at
from guidelines.rule import Rule

TYPES = {
    "builtins.set",
    "builtins.frozenset",
    "builtins.bytes",
    "builtins.bytearray",
    "builtins.complex",
    "builtins.object",
    "typing.Set",
    "typing.FrozenSet",
    "datetime.datetime",
    "datetime.date",
    "datetime.time",
    "datetime.timedelta",
    "decimal.Decimal",
    "fractions.Fraction",
    "uuid.UUID",
    "pathlib.Path",
    "httpx.Response",
    "requests.Response",
    "aiohttp.ClientResponse",
    "restate.TerminalError",
}
MODELS = {"pydantic.BaseModel", "pydantic.RootModel", "msgspec.Struct"}
UNSAID = re.compile(r"(typing\.)?(dict|Dict|list|List|tuple|Mapping|Any|Sequence)\b(?!.*\b(str|int|float|bool)\]$)")
"""Annotations that leave open what is inside."""
DEEPEST = 3
CONTAINERS = {"list", "List", "dict", "Dict", "tuple", "Tuple", "Sequence", "Iterable", "Mapping"}
RESULTS = re.compile(
    r"(datetime\.datetime(\.(now|utcnow|today|fromtimestamp|utcfromtimestamp|fromisoformat|strptime|combine))?"
    r"|datetime\.date(\.(today|fromisoformat|fromtimestamp))?|datetime\.timedelta|datetime\.time"
    r"|uuid\.(UUID|uuid[1-8])|decimal\.Decimal|fractions\.Fraction|builtins\.(set|frozenset|bytes|bytearray|complex)"
    r"|os\.urandom|secrets\.token_bytes|pathlib\.Path\(\)\.read_bytes|pathlib\.(Path|PurePath)"
    r"|(httpx|requests)(\.((Async)?Client|[Ss]ession)\(\))?\.(get|post|put|patch|delete|head|options|request))"
    r"\(\)(\.(date|time|replace|astimezone|quantize|with_suffix)\(\))*$"
)
"""Results of functions outside the project that are no JSON."""


def check(project: Project) -> Iterator[Finding]:
    for frame in project.durable:
        for call in project.calls(frame):
            plain = [v for v in frame.of(call.func) if isinstance(v, Operation) and v.name in ("run", "run_typed")]
            action = argument(call, 1, "action")
            if not plain or plain[0].checked or action is None or _has_own_serde(call, plain[0].name):
                continue
            for value in frame.of(action):
                reason = _reason(project, frame, call, value)
                if reason:
                    message = f"the step's result {reason}: it does not serialise, and the effect is repeated"
                    yield at(project, RULE, frame, call, message)
                    break


def _has_own_serde(call: ast.Call, name: str) -> bool:
    if name == "run_typed":
        return len(call.args) > 2 and not _only_retries(call.args[2])
    return len(call.args) > 2 or any(keyword.arg in ("serde", "type_hint") for keyword in call.keywords)


def _only_retries(options: ast.expr) -> bool:
    return (
        isinstance(options, ast.Call)
        and not options.args
        and all(keyword.arg not in ("serde", "type_hint", None) for keyword in options.keywords)
    )


def _reason(project: Project, frame: Frame, call: ast.Call, value: Value) -> str | None:
    while isinstance(value, Bound | Partial):
        value = value.callee
    if isinstance(value, Instance):
        return _of_callable(project, frame, call, value)
    if isinstance(value, External):
        return f"is that of {value.path}" if RESULTS.match(f"{value.path}()") else None
    if not isinstance(value, Func) or value.function.is_generator:
        return None
    return _of_function(project, frame, call, value)


def _of_callable(project: Project, frame: Frame, call: ast.Call, value: Instance) -> str | None:
    """The action is an object: the SDK awaits a coroutine function, but not an object that is called like one."""
    for method in _methods(value):
        if method.function.is_async:
            return "is a coroutine, as the object's __call__ is async and the SDK does not see it"
        return _of_function(project, frame, call, method)
    return None


def _methods(value: Instance) -> list[Func]:
    for ancestor in value.definition.ancestors():
        if "__call__" in ancestor.body.locals and ancestor.frame is not None:
            return [found for found in ancestor.frame.name("__call__").values if isinstance(found, Func)]
    return []


def _of_function(project: Project, frame: Frame, call: ast.Call, func: Func) -> str | None:
    declared = func.function.returns
    if declared is not None:
        reason = _of_type(Run(project.engine, frame), func.frame, declared)
        if reason is not None or not UNSAID.match(ast.unparse(declared)):
            return reason
    for callee, node in frame.edges:
        if node is call and callee.mode is Mode.STEP and callee.function is func.function:
            return _of_values(project, callee.returned.values, declared is not None)
    return None


def _of_type(run: Run, scope: Frame | None, node: ast.expr, inside: bool = False) -> str | None:
    """Why a declared type does not serialise with the SDK's default, if it surely does not."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            node = ast.parse(node.value, mode="eval").body
        except SyntaxError:
            return None
    if isinstance(node, ast.BinOp):
        return _of_type(run, scope, node.left, inside) or _of_type(run, scope, node.right, inside)
    if isinstance(node, ast.Subscript):
        base = node.value
        name = base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name in ("Optional", "Union", "Annotated", "Awaitable", "Coroutine"):
            chosen = inner[:1] if name == "Annotated" else inner[-1:] if name == "Coroutine" else inner
            return next((found for item in chosen if (found := _of_type(run, scope, item, inside))), None)
        if name in CONTAINERS:
            return next((found for item in inner if (found := _of_type(run, scope, item, inside=True))), None)
        return _of_type(run, scope, base, inside)
    for value in hints.named(run, scope, node):
        if isinstance(value, TypeForm):
            return _of_type(run, value.frame, value.node, inside)
        if isinstance(value, External) and value.path in TYPES:
            return f"is a {value.path.removeprefix('builtins.')}"
        if isinstance(value, Class) and inside and value.definition.all_external_bases() & MODELS:
            return f"has a model {value.definition.name} inside a collection"
    return None


def _of_values(project: Project, values: Values, inside: bool, depth: int = 0) -> str | None:
    """The same for an action whose annotation does not say it, from what it returns."""
    where = " inside a collection" if depth else ""
    for value in values:
        if isinstance(value, Instance) and value.definition.all_external_bases() & MODELS:
            if depth:
                return f"has a model {value.definition.name}{where}"
            if not inside:
                return f"is a {value.definition.name}, which the action does not say in its annotation"
        if isinstance(value, Collection) and value.kind == "set":
            return f"is a set{where}"
        if isinstance(value, External) and RESULTS.match(value.path):
            return f"is that of {value.path}{where}"
        if depth < DEEPEST:
            reason = _of_values(project, _contents(project, value), inside, depth + 1)
            if reason is not None:
                return reason
    return None


def _contents(project: Project, value: Value) -> Values:
    if isinstance(value, Tuple):
        return frozenset[Value]().union(*value.items)
    return project.engine.cell("contents", value.site).values if isinstance(value, Collection) else frozenset()


RULE = Rule(
    name="unserialisable-step-result",
    guidelines=("do-I-3", "do-IV-6"),
    severity=Severity.ERROR,
    checker="lint",
    purpose="Finds steps whose result the SDK's default serialiser refuses: sets, dates, UUIDs, Decimals, lists of "
    "models.",
    why="The step has had its effect when its result turns out not to fit. The attempt fails, and the retry "
    "repeats the effect, for ever. Services from `durable` serialise such types.",
    remedy="Return one model or plain JSON types, or pass RunOptions(serde=…).",
    bad="""
from datetime import datetime, UTC

import restate

clock = restate.Service("Clock")


def now() -> datetime:
    return datetime.now(UTC)


@clock.handler()
async def tell(ctx: restate.Context) -> str:
    return str(await ctx.run_typed("now", now))
""",
    good="""
from datetime import datetime, UTC

import restate

clock = restate.Service("Clock")


def now() -> str:
    return datetime.now(UTC).isoformat()


@clock.handler()
async def tell(ctx: restate.Context) -> str:
    return await ctx.run_typed("now", now)
""",
    check=check,
)
