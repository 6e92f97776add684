"""Durable promises where there is no workflow."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model import hints
from guidelines.lint.model.frame import Frame, Mode
from guidelines.lint.model.project import Project
from guidelines.lint.model.run import Run
from guidelines.lint.model.values import External
from guidelines.lint.report import at
from guidelines.rule import Rule

KINDS = {"service": "a basic service", "object": "a virtual object"}
OTHER = {
    External(f"restate.{name}"): name
    for name in ("Context", "ObjectContext", "ObjectSharedContext", "KeyValueStore", "ScopedContext")
}
WORKFLOW = {External("restate.WorkflowContext"), External("restate.WorkflowSharedContext")}


def check(project: Project) -> Iterator[Finding]:
    for frame in project.frames:
        for call in project.calls(frame):
            if "promise" in project.operations(frame, call):
                yield from _judge(project, frame, call)


def _judge(project: Project, frame: Frame, call: ast.Call) -> Iterator[Finding]:
    handlers = project.owners.get(frame, []) if frame.mode is not Mode.OUTSIDE else []
    inside = [handler for handler in handlers if handler.service.kind == "workflow"]
    outside = [handler for handler in handlers if handler.service.kind != "workflow"]
    if outside:
        # reached from a workflow as well, it may ask which of the two it is in
        severity = Severity.WARNING if inside else Severity.ERROR
        message = f"ctx.promise in {KINDS[outside[0].service.kind]}: only a workflow has durable promises"
        yield at(project, RULE, frame, call, message, severity=severity)
        return
    declared = _declared(project, frame, call)
    if declared:
        # in a workflow it works, whatever the annotation says
        severity = Severity.WARNING if inside else Severity.ERROR
        message = f"ctx.promise on a {declared}: only a workflow has durable promises"
        yield at(project, RULE, frame, call, message, severity=severity)


def _declared(project: Project, frame: Frame, call: ast.Call) -> str | None:
    """The annotation of the parameter that the promise is made on, unless a workflow's context is among it."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    if not isinstance(owner, ast.Name) or isinstance(frame.function.node, ast.Module | ast.ClassDef):
        return None
    for parameter in frame.function.all_parameters:
        if parameter.arg == owner.id and parameter.annotation is not None:
            parts = [node for node in ast.walk(parameter.annotation) if isinstance(node, ast.Name | ast.Attribute)]
            run = Run(project.engine, frame)
            found = {value for part in parts for value in hints.named(run, frame.closure, part)}
            if not found & WORKFLOW:
                return next((name for value, name in OTHER.items() if value in found), None)
    return None


RULE = Rule(
    name="promise-outside-workflow",
    guidelines=("do-V-6",),
    severity=Severity.ERROR,
    checker="lint",
    purpose="Finds ctx.promise in handlers of services and virtual objects, and in what they call.",
    why="A durable promise belongs to the id of a workflow. Elsewhere there is none, and the server ends the attempt.",
    remedy="Use an awakeable, or make it a workflow.",
    bad="""
from typing import Any

import restate

approvals = restate.VirtualObject("Approvals")


@approvals.handler()
async def wait(ctx: Any, request: str) -> str:
    return await ctx.promise("approved", type_hint=str)
""",
    good="""
import restate

approval = restate.Workflow("Approval")


@approval.handler()
async def approve(ctx: restate.WorkflowSharedContext, by: str) -> None:
    await ctx.promise("approved", type_hint=str).resolve(by)
""",
    check=check,
)
