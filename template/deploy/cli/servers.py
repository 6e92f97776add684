"""Commands about the Restate server itself."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from deploy import backup as backups
from deploy import config_lint, identity, output
from deploy import preflight as preflights
from deploy.cli.options import (
    DEFAULT_ADMIN,
    NOTHING,
    Accept,
    AdminUrl,
    BackupFile,
    BaseDir,
    DryRun,
    Json,
    ServerVersion,
    connected,
)
from deploy.cli.verdicts import done, verdict

app = typer.Typer()
identity_app = typer.Typer(no_args_is_help=True, help="The key with which the server signs its requests.")
config_app = typer.Typer(no_args_is_help=True, help="The server's configuration.")
app.add_typer(identity_app, name="identity")
app.add_typer(config_app, name="config")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What to write, such as restate-1.7.0.tar.gz.")],
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The server's base-dir.")],
    dry_run: DryRun = False,
    as_json: Json = False,
) -> int:
    """Copy the data of a stopped single node. A cluster has snapshots instead."""
    result = backups.backup(data, file, dry_run=dry_run)
    what = "dry run: would write" if dry_run else "wrote"
    line = f"{what} {file}: {result.files} files of node {result.node}, server {result.version}"
    return done(result, line, as_json=as_json)


@identity_app.command("keygen")
def identity_keygen(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the private key.")], as_json: Json = False
) -> int:
    """Make a key. The server signs with the private one, services verify with the public one."""
    result = identity.keygen(file)
    return done(
        result,
        f"wrote {result.private_key_file}, for its owner only",
        f"server:   {result.server_variable}={result.private_key_file.resolve()}",
        f"services: IDENTITY_KEYS={result.public_key}",
        as_json=as_json,
    )


@app.command()
def preflight(
    action: Annotated[Literal["upgrade", "rollback"], typer.Argument(metavar="upgrade|rollback")],
    version: ServerVersion,
    admin: AdminUrl = DEFAULT_ADMIN,
    data: BaseDir = None,
    backup_file: BackupFile = None,
    accept: Accept = NOTHING,
    as_json: Json = False,
) -> int:
    """May the server be replaced by a newer VERSION, or by an older one?

    For an upgrade it need not run, given --data; for a rollback it must.
    """
    with connected(admin) as server:
        result = preflights.preflight(action, version, server, base_dir=data, backup_file=backup_file, accept=accept)
    if as_json:
        output.document(result)
    elif result.backup:
        output.note(f"backup: {result.backup.version}, made {result.backup.created_at:%Y-%m-%d %H:%M} UTC")
    good = f"nothing speaks against the {result.action} from {result.current} to {result.target}"
    return verdict(result.findings, good, as_json=as_json)


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
    return verdict(result.findings, f"the server knows all {result.keys} keys", as_json=as_json)
