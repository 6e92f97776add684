"""Step results that do not fit into the journal."""

import ast
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
CONTAINERS = {"list", "List", "dict", "Dict", "tuple", "Tuple", "Sequence", "Iterable", "Mapping"}
RESULTS = {"httpx.get", "httpx.post", "requests.get", "requests.post", "datetime.datetime.now", "uuid.uuid4"}
RESULTS |= {"datetime.datetime.utcnow", "datetime.date.today", "decimal.Decimal", "datetime.timedelta", "os.urandom"}
RESULTS |= {"secrets.token_bytes", "pathlib.Path().read_bytes", "builtins.set", "builtins.frozenset", "uuid.uuid1"}
RESULTS |= {"httpx.put", "httpx.delete", "requests.put", "requests.delete", "datetime.datetime", "uuid.UUID"}


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
    if isinstance(value, External):
        return f"is that of {value.path}" if value.path in RESULTS else None
    if not isinstance(value, Func) or value.function.is_generator:
        return None
    if value.function.returns is not None:
        return _of_type(Run(project.engine, frame), value.frame, value.function.returns)
    for callee, node in frame.edges:
        if node is call and callee.mode is Mode.STEP and callee.function is value.function:
            return _of_values(callee)
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


def _of_values(callee: Frame) -> str | None:
    """The same for an action without annotation, from what it returns."""
    values: Values = callee.returned.values
    for value in values:
        if isinstance(value, Instance) and value.definition.all_external_bases() & MODELS:
            return f"is a {value.definition.name}, which the action does not say in its annotation"
        if isinstance(value, Collection) and value.kind == "set":
            return "is a set"
        if isinstance(value, External) and value.path.removesuffix("()") in RESULTS and value.path.endswith("()"):
            return f"is that of {value.path}"
    return None


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
