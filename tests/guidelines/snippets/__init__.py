"""Snippets of handlers, a module a subject: `FOUND` hide one violation each, `CLEAN` only look as if they did."""

from collections.abc import Iterable
from pathlib import Path
from textwrap import dedent, indent

from guidelines.finding import Finding, Severity
from tests.guidelines.trees import check

HEAD = """
import asyncio, contextlib, contextvars, dataclasses, functools, os, random, time, uuid
from datetime import datetime, timedelta
import httpx
import restate
from restate import Context, ObjectContext, ObjectSharedContext, RunOptions, Service, TerminalError, VirtualObject
from restate import Workflow, WorkflowContext, WorkflowSharedContext

svc = Service("S")
obj = VirtualObject("O")
wf = Workflow("W")

def effect(x: str = "") -> str:
    return x

async def aeffect(x: str = "") -> str:
    return x
"""

CAUGHT = """
@svc.handler()
async def h(ctx: Context, x: str) -> str:
    try:
        return await ctx.run_typed("a", effect)
    except TerminalError as e:
"""


def caught(clause: str, above: str = "") -> str:
    """A snippet: the clause for a step's terminal error `e`, in a handler below other lines."""
    return dedent(above) + CAUGHT + indent(dedent(clause).strip(), " " * 8) + "\n"


def loud(root: Path, snippet: str) -> list[Finding]:
    """What is found in a snippet below `HEAD`, without mere advice."""
    found = check(root, {"service.py": HEAD + dedent(snippet)})
    return [finding for finding in found if finding.severity is not Severity.ADVICE]


def errors(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is Severity.ERROR]
