"""Options of a step that have no effect."""

from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.project import Project
from guidelines.lint.model.services import written
from guidelines.lint.report import at
from guidelines.rule import Rule

OPTIONS = {
    "max_attempts",
    "max_duration",
    "max_retry_duration",
    "initial_retry_interval",
    "max_retry_interval",
    "retry_interval_factor",
    "serde",
    "type_hint",
}


def check(project: Project) -> Iterator[Finding]:
    for frame in project.frames:
        for call in project.calls(frame):
            names = {keyword.arg for keyword in call.keywords if keyword.arg}
            if "restate.RunOptions" in project.externals(frame, call) and "max_retry_duration" in names:
                yield at(project, RULE, frame, call, "max_retry_duration is ignored by run_typed: use max_duration")
            elif "run_typed" in project.operations(frame, call) and names & OPTIONS:
                action = frame.of(call.args[1]) if len(call.args) > 1 else frozenset()
                functions = [function for value in action if (function := written(value))]
                taken = {arg.arg for function in functions for arg in function.all_parameters}
                open_ended = any(function.args.kwarg for function in functions)
                wrong = sorted(names & OPTIONS - taken)
                if functions and wrong and not open_ended:
                    message = f"{', '.join(wrong)} goes to the action, not to Restate: put it into RunOptions"
                    yield at(project, RULE, frame, call, message, severity=Severity.ERROR)


RULE = Rule(
    name="ignored-run-option",
    guidelines=("do-I-3",),
    severity=Severity.WARNING,
    checker="lint",
    purpose="Finds RunOptions(max_retry_duration=…), and retry options passed to run_typed itself.",
    why="run_typed passes on max_duration only, so the step is retried as if there were no limit. Keyword "
    "arguments of run_typed are the action's.",
    remedy="Use restate.RunOptions(max_duration=…).",
    bad="""
from datetime import timedelta

import restate

mailing = restate.Service("Mailing")


def send(address: str) -> None:
    print(address)


@mailing.handler()
async def welcome(ctx: restate.Context, address: str) -> None:
    options = restate.RunOptions(max_retry_duration=timedelta(minutes=1))
    await ctx.run_typed("send", send, options, address=address)
""",
    good="""
from datetime import timedelta

import restate

mailing = restate.Service("Mailing")


def send(address: str) -> None:
    print(address)


@mailing.handler()
async def welcome(ctx: restate.Context, address: str) -> None:
    options = restate.RunOptions(max_duration=timedelta(minutes=1))
    await ctx.run_typed("send", send, options, address=address)
""",
    check=check,
)
