"""The command line. Exit code 0 for done, 1 for "no" (with the reason), 2 for input that makes no sense."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from deploy import address as addresses
from deploy import backup as backups
from deploy import check as checks
from deploy import config_lint, identity, output, preflight, provenance, rollout
from deploy import drain as drains
from deploy import resume as resumes
from deploy import status as statuses
from deploy.admin import Admin
from deploy.compatibility import Finding
from deploy.errors import BadInput, DeployError
from deploy.preflight import Preflight
from deploy.rollout import Registered

DONE, NO, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130

app = typer.Typer(
    name="deploy",
    help="Rolls versions of this service out, and back, without breaking what is in flight.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
identity_app = typer.Typer(no_args_is_help=True, help="The key with which the server signs its requests.")
preflight_app = typer.Typer(no_args_is_help=True, help="May the server itself be replaced?")
config_app = typer.Typer(no_args_is_help=True, help="The server's configuration.")
app.add_typer(identity_app, name="identity")
app.add_typer(preflight_app, name="preflight")
app.add_typer(config_app, name="config")

AdminUrl = Annotated[str, typer.Option("--admin", envvar="RESTATE_ADMIN_URL", help="The server's admin API.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and change nothing.")]
Accept = Annotated[list[str], typer.Option("--accept", metavar="ID", help="Damage to accept, as it is printed.")]
Where = Annotated[str, typer.Argument(metavar="ADDRESS", help="URL, or ARN of a published version on Lambda.")]
Named = Annotated[str, typer.Argument(metavar="DEPLOYMENT", help="Id or address.")]
Http11 = Annotated[bool, typer.Option("--use-http-1.1", help="For a server without HTTP/2: one request per step.")]
Role = Annotated[str | None, typer.Option("--assume-role-arn", help="The role with which to call Lambda.")]
Target = Annotated[str, typer.Argument(metavar="VERSION", help="The server's version to go to, such as 1.7.0.")]
BaseDir = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="The server's base-dir, if it is here.")]
BackupFile = Annotated[Path | None, typer.Option("--backup", metavar="FILE", help="From 'deploy backup'.")]

DEFAULT_ADMIN = "http://127.0.0.1:9070"
NOTHING: list[str] = []


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
    with _connected(admin) as server:
        result, _ = checks.check(server, address, accept)
    if as_json:
        output.document(result)
    else:
        output.checked(result)
    return _verdict(result.findings, "it can be registered", as_json=as_json)


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
    with _connected(admin) as server:
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
    with _connected(admin) as server:
        now = statuses.status(server)
    if as_json:
        output.document(now)
    else:
        output.status(now)
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
    with _connected(admin) as server, output.progress(f"draining {deployment}") as update:
        result = drains.drain(
            server, deployment, wait=wait, timeout=timeout, progress=lambda now: update(rollout.running(now.work))
        )
    if as_json:
        output.document(result)
    if not result.drained:
        message = f"{result.id} still has {rollout.running(result.work)}; wait for them with --wait"
        return _no(message, as_json=as_json)
    if not as_json:
        output.done(f"{result.id} is drained: 'deploy retire {result.id}' removes it")
    return DONE


@app.command()
def retire(deployment: Named, admin: AdminUrl = DEFAULT_ADMIN, dry_run: DryRun = False, as_json: Json = False) -> int:
    """Remove a DEPLOYMENT that runs nothing and is the latest of nothing; then its process may be stopped."""
    with _connected(admin) as server:
        result = rollout.retire(server, deployment, dry_run=dry_run)
    if as_json:
        output.document(result)
    elif result.changed:
        output.done(f"retired {result.id}: its process may be stopped")
    else:
        output.done(f"dry run: would retire {result.id}")
    if any(zombie.deployment_id == result.id for zombie in result.zombies):
        message = (
            f"work came back to {result.id} while it was removed: 'deploy resume --from {result.id} --on NEW' moves it"
        )
        return _no(message, as_json=as_json)
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
    with _connected(admin) as server:
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
    with _connected(admin) as server, output.progress(f"resuming on {on}") as update:
        result = resumes.resume(
            server, on, invocations or [], from_, dry_run=dry_run, progress=lambda count: update(f"{count} resumed")
        )
    if as_json:
        output.document(result)
    else:
        what = "dry run: would resume" if dry_run else "resumed"
        count = f"{len(result.moved)} invocation{'' if len(result.moved) == 1 else 's'}"
        ended = f"; {len(result.ended)} ended meanwhile" if result.ended else ""
        output.done(f"{what} {count} on {result.on}{ended}")
    return DONE


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What to write, such as restate-1.7.0.tar.gz.")],
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The server's base-dir.")],
    dry_run: DryRun = False,
    as_json: Json = False,
) -> int:
    """Copy the data of a stopped single node. A cluster has snapshots instead."""
    result = backups.backup(data, file, dry_run=dry_run)
    if as_json:
        output.document(result)
    else:
        what = "dry run: would write" if dry_run else "wrote"
        output.done(f"{what} {file}: {result.files} files of node {result.node}, server {result.version}")
    return DONE


@identity_app.command("keygen")
def identity_keygen(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the private key.")], as_json: Json = False
) -> int:
    """Make a key. The server signs with the private one, services verify with the public one."""
    result = identity.keygen(file)
    if as_json:
        output.document(result)
    else:
        output.done(f"wrote {result.private_key_file}, for its owner only")
        output.note(f"server:   {result.server_variable}={result.private_key_file.resolve()}")
        output.note(f"services: IDENTITY_KEYS={result.public_key}")
    return DONE


@preflight_app.command("upgrade")
def preflight_upgrade(
    version: Target,
    admin: AdminUrl = DEFAULT_ADMIN,
    data: BaseDir = None,
    backup_file: BackupFile = None,
    accept: Accept = NOTHING,
    as_json: Json = False,
) -> int:
    """May the server be replaced by a newer VERSION? With --data it need not run."""
    with _connected(admin) as server:
        result = preflight.preflight("upgrade", version, server, base_dir=data, backup_file=backup_file, accept=accept)
    return _preflight(result, as_json=as_json)


@preflight_app.command("rollback")
def preflight_rollback(
    version: Target,
    admin: AdminUrl = DEFAULT_ADMIN,
    data: BaseDir = None,
    backup_file: BackupFile = None,
    accept: Accept = NOTHING,
    as_json: Json = False,
) -> int:
    """May the server, which runs, be replaced by an older VERSION?"""
    with _connected(admin) as server:
        result = preflight.preflight("rollback", version, server, base_dir=data, backup_file=backup_file, accept=accept)
    return _preflight(result, as_json=as_json)


@config_app.command("lint")
def config_lint_(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="The server's TOML file.")] = None,
    env_file: Annotated[Path | None, typer.Option(metavar="FILE", help="With lines RESTATE_KEY=value.")] = None,
    dump: Annotated[
        Path | None, typer.Option("--dump-config", metavar="FILE", help="What the server prints with --dump-config.")
    ] = None,
    server: Annotated[
        str | None, typer.Option(envvar="RESTATE_SERVER_BINARY", help="The executable to ask; else restate-server.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Find keys that the server does not know: it drops them without a word."""
    result = config_lint.lint(file, env_file, dump=dump, server=server)
    if as_json:
        output.document(result)
    return _verdict(result.findings, f"the server knows all {result.keys} keys", as_json=as_json)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command. Every error is one line on standard error."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given
    try:
        code = app(given, prog_name="python -m deploy", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else DONE
    except DeployError as error:
        output.error(str(error), as_json=as_json)
        return error.exit_code
    except typer.TyperException as error:
        if message := error.format_message():  # else it has printed the help
            output.error(f"{message} ('--help' says more)", as_json=as_json)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:  # `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NO


@contextmanager
def _connected(url: str) -> Iterator[Admin]:
    server = Admin(url, os.environ.get("RESTATE_AUTH_TOKEN"))
    try:
        yield server
    finally:
        server.close()


def _registered(result: Registered, good: str, *, as_json: bool) -> int:
    if as_json:
        output.document(result)
    else:
        output.checked(result.check)
    return _verdict(result.check.findings, good, as_json=as_json)


def _preflight(result: Preflight, *, as_json: bool) -> int:
    if as_json:
        output.document(result)
    elif result.backup:
        output.note(f"backup: {result.backup.version}, made {result.backup.created_at:%Y-%m-%d %H:%M} UTC")
    good = f"nothing speaks against the {result.action} from {result.current} to {result.target}"
    return _verdict(result.findings, good, as_json=as_json)


def _verdict(findings: Sequence[Finding], good: str, *, as_json: bool) -> int:
    """Prints findings, and says yes or no."""
    still = [finding for finding in findings if not finding.accepted]
    if not as_json:
        output.findings(findings)
        if not still:
            output.done(good)
    if still:
        number = f"{len(still)} finding{'' if len(still) == 1 else 's'}"
        acceptable = next((each for each in still if each.acceptable), None)
        accept = f", or accept each that is meant with --accept {acceptable.id}" if acceptable else ""
        return _no(f"{number}, nothing was changed: mend what it says{accept}", as_json=as_json)
    return DONE


def _no(message: str, *, as_json: bool) -> int:
    """A refusal whose document has been printed already."""
    if not as_json:
        output.error(message)
    return NO
