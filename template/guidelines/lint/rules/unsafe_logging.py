"""Log lines that replays repeat."""

from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.project import Project
from guidelines.lint.nondeterminism import mentions
from guidelines.lint.report import at
from guidelines.rule import Rule

METHODS = {"debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log", "trace", "success"}
LOGGERS = ("logging.", "structlog.", "loguru.")
REPLAY_AWARE = ("restate_context_is_replaying", "RestateLoggingFilter")


def check(project: Project) -> Iterator[Finding]:
    filtered = any(mentions(project, name) for name in REPLAY_AWARE)
    for frame in project.durable:
        for call in project.calls(frame):
            for path in project.externals(frame, call):
                name = path.rpartition(".")[2]
                logs = path.startswith(LOGGERS) and name in METHODS and not filtered
                if logs or path in ("builtins.print", "pprint.pprint", "rich.print", "sys.stdout.write"):
                    message = f"{path.replace('builtins.', '')} in durable code says the same again on every replay"
                    yield at(project, RULE, frame, call, message)
                    break


RULE = Rule(
    name="unsafe-logging",
    guidelines=("do-I-4",),
    severity=Severity.WARNING,
    checker="lint",
    purpose="Finds print and standard loggers in durable code, unless the project filters log records of replays.",
    why="A handler that waits is replayed when it goes on, and everything it has logged is logged again.",
    remedy="Use restate.getLogger, or put a filter that knows of replays on the log handler.",
    bad="""
import logging

import restate

log = logging.getLogger(__name__)
greeter = restate.Service("Greeter")


@greeter.handler()
async def greet(ctx: restate.Context, name: str) -> str:
    log.info("greeting %s", name)
    return f"Hello {name}"
""",
    good="""
import restate

log = restate.getLogger(__name__)
greeter = restate.Service("Greeter")


@greeter.handler()
async def greet(ctx: restate.Context, name: str) -> str:
    log.info("greeting %s", name)
    return f"Hello {name}"
""",
    check=check,
)
