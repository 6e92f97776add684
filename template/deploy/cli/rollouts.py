"""Commands about versions of this service."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from deploy import address as addresses
from deploy import check as checks
from deploy import drain as drains
from deploy import metrics as exposition
from deploy import output, provenance, rollout
from deploy import resume as resumes
from deploy import status as statuses
from deploy.cli.options import (
    DEFAULT_ADMIN,
    NOTHING,
    Accept,
    AdminUrl,
    DryRun,
    Http11,
    Json,
    Named,
    Role,
    Where,
    connected,
)
from deploy.cli.verdicts import DONE, done, no, verdict
from deploy.errors import BadInput
from deploy.rollout import Registered

app = typer.Typer()


@app.command()
def check(
    where: Where,
    admin: AdminUrl = DEFAULT_ADMIN,
    accept: Accept = NOTHING,
    use_http_11: Http11 = False,
    assume_role_arn: Role = None,
    as_json: Json = False,
) -> int:
    """Does what is served at ADDRESS break callers of the latest version? Stores nothing."""
    address = addresses.parse(where, use_http_11=use_http_11, assume_role_arn=assume_role_arn)
    with connected(admin) as server:
        result, _ = checks.check(server, address, accept)
    if as_json:
        output.document(result)
    else:
        output.checked(result)
    return verdict(result.findings, "it can be registered", as_json=as_json)


@app.command()
def register(
    where: Where,
    admin: AdminUrl = DEFAULT_ADMIN,
    version: Annotated[str | None, typer.Option(help="Default: the one in pyproject.toml.")] = None,
    git_sha: Annotated[str | None, typer.Option(help="Default: the commit that is checked out.")] = None,
    accept: Accept = NOTHING,
    use_http_11: Http11 = False,
    assume_role_arn: Role = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> int:
    """Make what is served at ADDRESS the latest version, if 'check' has nothing against it.

    Each version needs an address of its own, which must never serve other code.
    """
    address = addresses.parse(where, use_http_11=use_http_11, assume_role_arn=assume_role_arn)
    metadata = provenance.metadata(Path(), version, git_sha)
    with connected(admin) as server:
        result = rollout.register(server, address, metadata, accept, dry_run=dry_run)
    if result.changed:
        good = f"registered {result.id}: new invocations go to {where}; 'deploy status' says what the old one runs"
    elif result.id:
        good = f"{where} is registered already, as {result.id}: nothing to do"
    else:
        good = f"dry run: would register {where} with {metadata}"
    return _registered(result, good, as_json=as_json)


@app.command()
def status(admin: AdminUrl = DEFAULT_ADMIN, as_json: Json = False) -> int:
    """Deployments, what each still runs and since when, and which invocations need a person."""
    with connected(admin) as server:
        now = statuses.status(server)
    if as_json:
        output.document(now)
    else:
        output.status(now)
    return DONE


@app.command()
def metrics(
    admin: AdminUrl = DEFAULT_ADMIN,
    listen: Annotated[str | None, typer.Option(metavar="HOST:PORT", help="Answer scrapes here, until stopped.")] = None,
) -> int:
    """The numbers of 'status' for Prometheus, asked for anew with each scrape; printed once without --listen."""
    with connected(admin) as server:
        if listen is None:
            sys.stdout.write(exposition.text(server))
            return DONE
        scrapes = exposition.serve(server, listen)
        output.note(f"answering scrapes at http://{listen}/metrics")
        scrapes.join()
    return DONE


@app.command()
def drain(
    deployment: Named,
    admin: AdminUrl = DEFAULT_ADMIN,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until nothing runs on it any more.")] = False,
    timeout: Annotated[float | None, typer.Option(metavar="SECONDS", min=0, help="Wait no longer.")] = None,
    as_json: Json = False,
) -> int:
    """Does a superseded DEPLOYMENT still run something? Exit code 1 if it does."""
    with connected(admin) as server, output.progress(f"draining {deployment}") as update:
        result = drains.drain(
            server, deployment, wait=wait, timeout=timeout, progress=lambda now: update(rollout.running(now.work))
        )
    if as_json:
        output.document(result)
    if not result.drained:
        message = f"{result.id} still has {rollout.running(result.work)}; wait for them with --wait"
        return no(message, as_json=as_json)
    if not as_json:
        output.done(f"{result.id} is drained: 'deploy retire {result.id}' removes it")
    return DONE


@app.command()
def retire(deployment: Named, admin: AdminUrl = DEFAULT_ADMIN, dry_run: DryRun = False, as_json: Json = False) -> int:
    """Remove a DEPLOYMENT that runs nothing and is the latest of nothing; then its process may be stopped."""
    with connected(admin) as server:
        result = rollout.retire(server, deployment, dry_run=dry_run)
    good = f"retired {result.id}: its process may be stopped"
    done(result, good if result.changed else f"dry run: would retire {result.id}", as_json=as_json)
    if any(zombie.deployment_id == result.id for zombie in result.zombies):
        message = (
            f"work came back to {result.id} while it was removed: 'deploy resume --from {result.id} --on NEW' moves it"
        )
        return no(message, as_json=as_json)
    return DONE


@app.command()
def rollback(
    deployment: Named,
    admin: AdminUrl = DEFAULT_ADMIN,
    accept: Accept = NOTHING,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> int:
    """Make an earlier DEPLOYMENT the latest again. What is in flight stays where it is."""
    with connected(admin) as server:
        result = rollout.rollback(server, deployment, accept, dry_run=dry_run)
    if result.changed:
        good = f"{result.id} is the latest again; 'deploy resume' moves what is stuck on the bad version"
    elif dry_run and result.check.compared_with:
        good = f"dry run: would make {result.id} the latest again"
    else:
        good = f"{result.id} is the latest: nothing to do"
    return _registered(result, good, as_json=as_json)


@app.command()
def resume(
    invocations: Annotated[list[str] | None, typer.Argument(metavar="[INVOCATION]...")] = None,
    on: Annotated[str, typer.Option("--on", metavar="DEPLOYMENT", help="The one with the fix.")] = "",
    from_: Annotated[
        str | None, typer.Option("--from", metavar="DEPLOYMENT", help="All that are paused or stuck on this one.")
    ] = None,
    admin: AdminUrl = DEFAULT_ADMIN,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> int:
    """Pause stuck invocations, and resume them on a deployment with a fix that still replays their journals."""
    if not on:
        raise BadInput("say where to resume: --on DEPLOYMENT, the one with the fix")
    if invocations and from_:
        raise BadInput("give invocations or --from, not both")
    with connected(admin) as server, output.progress(f"resuming on {on}") as update:
        result = resumes.resume(
            server, on, invocations or [], from_, dry_run=dry_run, progress=lambda count: update(f"{count} resumed")
        )
    what = "dry run: would resume" if dry_run else "resumed"
    count = f"{len(result.moved)} invocation{'' if len(result.moved) == 1 else 's'}"
    ended = f"; {len(result.ended)} ended meanwhile" if result.ended else ""
    return done(result, f"{what} {count} on {result.on}{ended}", as_json=as_json)


def _registered(result: Registered, good: str, *, as_json: bool) -> int:
    if as_json:
        output.document(result)
    else:
        output.checked(result.check)
    return verdict(result.check.findings, good, as_json=as_json)
