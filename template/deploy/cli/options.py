"""What several commands take, and the server they talk to."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from deploy.admin import Admin

AdminUrl = Annotated[str, typer.Option("--admin", envvar="RESTATE_ADMIN_URL", help="The server's admin API.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and change nothing.")]
Accept = Annotated[list[str], typer.Option("--accept", metavar="ID", help="Damage to accept, as it is printed.")]
Where = Annotated[str, typer.Argument(metavar="ADDRESS", help="URL, or ARN of a published version on Lambda.")]
Named = Annotated[str, typer.Argument(metavar="DEPLOYMENT", help="Id or address.")]
Http11 = Annotated[bool, typer.Option("--use-http-1.1", help="For a server without HTTP/2: one request per step.")]
Role = Annotated[str | None, typer.Option("--assume-role-arn", help="The role with which to call Lambda.")]
ServerVersion = Annotated[str, typer.Argument(metavar="VERSION", help="The server's version to go to, such as 1.7.0.")]
BaseDir = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="The server's base-dir, if it is here.")]
BackupFile = Annotated[Path | None, typer.Option("--backup", metavar="FILE", help="From 'deploy backup'.")]

DEFAULT_ADMIN = "http://127.0.0.1:9070"
NOTHING: list[str] = []


@contextmanager
def connected(url: str) -> Iterator[Admin]:
    server = Admin(url, os.environ.get("RESTATE_AUTH_TOKEN"))
    try:
        yield server
    finally:
        server.close()
