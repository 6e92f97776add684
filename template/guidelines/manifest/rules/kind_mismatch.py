from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.manifest.served import Handler, Served
from guidelines.rule import Rule

EXPECTED = {
    ("service", None): "Context",
    ("object", "exclusive"): "ObjectContext",
    ("object", "shared"): "ObjectSharedContext",
    ("workflow", "workflow"): "WorkflowContext",
    ("workflow", "shared"): "WorkflowSharedContext",
}


def check(served: Served) -> Iterator[Finding]:
    for handler in served.handlers:
        expected = EXPECTED[handler.service_kind, handler.kind]
        if handler.context in EXPECTED.values() and handler.context != expected:
            message = f"{handler} takes {handler.context}, but is served as {_kind(handler)}, which gets {expected}"
            yield RULE.finding(handler.path, handler.line, message)


def _kind(handler: Handler) -> str:
    match handler.service_kind, handler.kind:
        case "service", _:
            return "a handler of a service"
        case "workflow", "workflow":
            return "the main handler of a workflow"
        case kind, "shared":
            return f"a shared handler of {'an' if kind == 'object' else 'a'} {kind}"
        case _:
            return "an exclusive handler of an object"


_GOOD = """\
import restate
from restate import ObjectSharedContext, VirtualObject

counter = VirtualObject("Counter")


@counter.handler(kind="shared")
async def value(ctx: ObjectSharedContext) -> int:
    return await ctx.get("value", type_hint=int) or 0


app = restate.app([counter])
"""

RULE = Rule(
    name="kind-mismatch",
    guidelines=("do-IV-4", "do-IV-3"),
    severity=Severity.ERROR,
    checker="manifest",
    purpose="The context that a handler takes is not the one that its kind gets.",
    why=(
        "Restate looks at `kind=`, never at the annotation. A handler that is shared by its annotation only is "
        "exclusive: it waits behind every writer of its key. The other way round, type checkers allow it to write, and "
        "the server refuses the write again and again, for ever."
    ),
    remedy='Say `kind="shared"` where the handler only reads, and annotate the context that its kind gets.',
    bad=_GOOD.replace("ObjectSharedContext", "ObjectContext"),
    good=_GOOD,
    check=check,
)
