"""Concurrency that is not Restate's."""

from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint import catalogue
from guidelines.lint.model.project import Project
from guidelines.lint.report import at
from guidelines.rule import Rule


def check(project: Project) -> Iterator[Finding]:
    for frame in project.durable:
        for call in project.calls(frame):
            for path in sorted(project.externals(frame, call)):
                if _is_concurrency(path) and not catalogue.is_within(path, project.settings.deterministic):
                    message = f"{path} in durable code: the order in which it finishes is not journaled"
                    yield at(project, RULE, frame, call, message)
                    break


def _is_concurrency(path: str) -> bool:
    if path in catalogue.CONCURRENCY or path.startswith(catalogue.CONCURRENCY_PREFIXES):
        return path.rpartition(".")[2] not in ("submit", "map", "shutdown") or "()" in path
    owner, _, name = path.rpartition(".")
    if owner in catalogue.LOOPS and name in catalogue.LOOP_METHODS:
        return True
    return owner in ("asyncio.TaskGroup()", "anyio.create_task_group()") and name in ("create_task", "start_soon")


RULE = Rule(
    name="asyncio-combinator",
    guidelines=("dont-I-2", "do-II-4", "do-II-5"),
    severity=Severity.ERROR,
    checker="lint",
    purpose="Finds asyncio.gather, wait, wait_for, create_task, TaskGroup and threads in durable code.",
    why="Which of two things finishes first is decided by the event loop, another way on each replay. "
    "asyncio.wait_for gives up by a clock that is not journaled; TaskGroup wraps terminal errors, so that they "
    "are retried.",
    remedy="Use restate.gather, select, wait_completed or as_completed on the context's futures; a deadline is "
    "restate.select with ctx.sleep.",
    bad="""
import asyncio

import restate

weather = restate.Service("Weather")


def measure(city: str) -> int:
    return len(city)


@weather.handler()
async def report(ctx: restate.Context, cities: str) -> list[int]:
    steps = [ctx.run_typed(city, measure, city=city) for city in cities.split()]
    return await asyncio.gather(*steps)
""",
    good="""
import restate

weather = restate.Service("Weather")


def measure(city: str) -> int:
    return len(city)


@weather.handler()
async def report(ctx: restate.Context, cities: str) -> list[int]:
    steps = [ctx.run_typed(city, measure, city=city) for city in cities.split()]
    return [await step for step in await restate.gather(*steps)]
""",
    check=check,
)
