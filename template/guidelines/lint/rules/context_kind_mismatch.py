"""Handlers whose context type says another kind than their decorator."""

import ast
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model import hints, sdk
from guidelines.lint.model.project import Project
from guidelines.lint.model.run import Run
from guidelines.lint.model.services import Handler
from guidelines.lint.model.values import External
from guidelines.lint.report import in_function
from guidelines.rule import Rule

SHARED = {"restate.ObjectSharedContext", "restate.WorkflowSharedContext"}
ONLY_FOR = {
    "restate.ObjectContext": "object",
    "restate.ObjectSharedContext": "object",
    "restate.WorkflowContext": "workflow",
    "restate.WorkflowSharedContext": "workflow",
}


def check(project: Project) -> Iterator[Finding]:
    for handler in project.handlers:
        declared = _declared(project, handler)
        if declared is None or handler.function is None:
            continue
        name = declared.removeprefix("restate.")
        message = None
        if handler.exclusive and declared in SHARED:
            message = f'{handler.name} takes a {name} but is exclusive: only kind="shared" makes it shared'
        elif handler.service.kind == "service" and declared in ONLY_FOR:
            message = f"{handler.name} takes a {name}, but a basic service has no key and no state"
        if message:
            yield in_function(RULE, handler.function, handler.function.node, message)


def _declared(project: Project, handler: Handler) -> str | None:
    function = handler.function
    if function is None or isinstance(function.node, ast.Lambda) or not function.parameters:
        return None
    annotation = function.parameters[0].annotation
    if not isinstance(annotation, ast.Name | ast.Attribute):
        return None
    frame = handler.roots[0]
    found = hints.named(Run(project.engine, frame), frame.closure, annotation)
    return min((v.path for v in found if isinstance(v, External) and v.path in sdk.CONTEXTS), default=None)


RULE = Rule(
    name="context-kind-mismatch",
    guidelines=("do-IV-4", "do-IV-3"),
    severity=Severity.WARNING,
    checker="lint",
    purpose="Finds exclusive handlers annotated with a shared context, and services with an object's context.",
    why='The annotation alone does nothing: without kind="shared" the handler takes the lock of its key, and '
    "readers queue behind writers.",
    remedy='Say kind="shared" in the decorator.',
    bad="""
import restate

counter = restate.VirtualObject("Counter")


@counter.handler()
async def read(ctx: restate.ObjectSharedContext) -> int:
    return await ctx.get("count", type_hint=int) or 0
""",
    good="""
import restate

counter = restate.VirtualObject("Counter")


@counter.handler(kind="shared")
async def read(ctx: restate.ObjectSharedContext) -> int:
    return await ctx.get("count", type_hint=int) or 0
""",
    check=check,
)
