"""What people and programs see: results on standard output, errors and progress on standard error."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from deploy import durations
from deploy.check import Check
from deploy.compatibility import Finding
from deploy.status import DeploymentStatus, Status, Work, names

WIDE = 200
"""Columns where the output is no terminal, so that lines stay lines."""


def _console(*, stderr: bool = False) -> Console:
    console = Console(stderr=stderr, highlight=False, markup=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = WIDE
    return console


def document(result: BaseModel) -> None:
    """The whole result as one JSON document."""
    sys.stdout.write(result.model_dump_json(indent=2) + "\n")


def error(message: str, *, as_json: bool = False) -> None:
    """One line, whatever is in it."""
    line = " ".join(message.split())
    if as_json:
        sys.stdout.write(json.dumps({"error": line}, indent=2) + "\n")
    _console(stderr=True).print(f"deploy: {line}", style="red")


def done(what: str) -> None:
    _console().print(what, style="green")


def note(what: str) -> None:
    _console().print(what)


@contextmanager
def progress(what: str) -> Iterator[Callable[[str], None]]:
    """Shows how far something is, in one line that changes; or in a line per change where there is no terminal."""
    console = _console(stderr=True)
    shown = ""

    with console.status(what) as spinner:

        def update(how_far: str) -> None:
            nonlocal shown
            if how_far != shown and not console.is_terminal:
                console.print(f"{what}: {how_far}")
            shown = how_far
            spinner.update(f"{what}: {how_far}")

        yield update


def findings(found: Sequence[Finding]) -> None:
    """A line per finding; those that somebody accepted are dim."""
    for finding in found:
        mark, style = ("accepted", "dim") if finding.accepted else ("breaks", "red")
        _console().print(f"{mark:<8}  {finding.id}  {finding.message}", style=style)


def checked(check: Check) -> None:
    """What a check compared, and what it found new."""
    if check.known_as:
        note(f"{check.address} is registered as {check.known_as}")
    if check.compared_with:
        note(f"compared {check.address} with {', '.join(check.compared_with)}")
    elif not check.known_as:
        note(f"nothing on the server serves what {check.address} does: it is the first version")
    if check.added:
        note(f"new: {names(check.added, most=10)}")


def status(now: Status) -> None:
    """Deployments and their work as a table, and below it what needs a person."""
    console = _console()
    if not now.deployments:
        note("no deployments: register one with 'deploy register URL'")
    else:
        console.print(_table(now.deployments))
    if now.waiting.invocations:
        note(f"waiting for a first attempt: {_count(now.waiting)}, which go to the latest")
    for each in now.troubled:
        why = " ".join((each.last_failure or "").split())[:100]
        code = f"{each.last_failure_error_code} " if each.last_failure_error_code else ""
        where = each.pinned_deployment_id or "no deployment"
        console.print(f"{each.status} {each.id} {each.target} on {where} {code}{why}".rstrip(), style="yellow")
    if (hidden := now.all_troubled - len(now.troubled)) > 0:
        note(f"and {hidden} more that are paused or stuck")
    if now.troubled:
        note("after a fix: 'deploy resume --from DEPLOYMENT --on FIXED'")
    for zombie in now.zombies:
        message = f"zombies: {_count(zombie.work)} on {zombie.deployment_id}, which was deleted: 'deploy resume --from "
        console.print(f"{message}{zombie.deployment_id} --on DEPLOYMENT' moves them", style="red")


def _table(deployments: list[DeploymentStatus]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("deployment", "version", "state", "runs", "oldest", "paused", "stuck", "latest of", "address"):
        table.add_column(name, no_wrap=True, justify="right" if name in ("runs", "paused", "stuck") else "left")
    for each in deployments:
        work = each.work
        table.add_row(
            each.id,
            each.metadata.get("version", ""),
            each.state,
            str(work.invocations),
            durations.age(work.oldest) if work.oldest else "",
            str(work.paused),
            str(work.stuck),
            names(each.latest_of),
            each.address,
            style={"latest": "green", "draining": "yellow"}.get(each.state, "dim"),
        )
    return table


def _count(work: Work) -> str:
    age = f" (oldest {durations.age(work.oldest)})" if work.oldest else ""
    return f"{work.invocations} invocation{'' if work.invocations == 1 else 's'}{age}"
