"""Whether the server may be replaced by another version. It refuses some of this itself, but after the swap.

One minor version at a time, up as well as down (dont-IV-4); never down once a feature was used that the older version
does not have (dont-IV-5); and not without a way back (do-VII-12).
"""

import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel

from deploy import backup, data_directory, durations
from deploy.admin import Admin
from deploy.backup import Backup
from deploy.compatibility import Finding, accept_findings
from deploy.data_directory import Marker
from deploy.errors import BadInput

Action = Literal["upgrade", "rollback"]


class Version(NamedTuple):
    """Of a server."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return ".".join(map(str, self))


class Preflight(BaseModel):
    """What speaks against replacing a server."""

    action: Action
    current: str
    target: str
    backup: Backup | None
    findings: list[Finding]

    @property
    def open(self) -> list[Finding]:
        """What nobody has accepted."""
        return [finding for finding in self.findings if not finding.accepted]


def preflight(
    action: Action,
    target: str,
    admin: Admin,
    *,
    base_dir: Path | None = None,
    backup_file: Path | None = None,
    accept: Collection[str] = (),
) -> Preflight:
    """Compares versions, features and backup. Changes nothing.

    Args:
        admin: is asked for the version where there is no `base_dir`, and by a rollback for the features in use.
        base_dir: the data of a server on this machine, running or not.
        backup_file: what 'deploy backup' wrote.

    Raises:
        BadInput: a version is none, or on the wrong side of the current one; nobody can be asked; the backup cannot be
            read; or `accept` names what was not found, or cannot be accepted.
    """
    node = data_directory.node(base_dir) if base_dir else None
    marker = data_directory.marker(node) if node else None
    wanted = parse(target)
    current = parse(marker.max_version if marker else admin.version().version)
    if (wanted <= current) if action == "upgrade" else (wanted >= current):
        other = "rollback" if action == "upgrade" else "upgrade"
        raise BadInput(
            f"{wanted} is no {action} from {current}: give another version, or try 'deploy preflight {other}'"
        )
    saved = backup.read(backup_file) if backup_file else None
    findings = [*_versions(action, current, wanted, marker)]
    if action == "rollback":
        findings += _features(admin, wanted)
    findings += _backup(action, current, saved, marker, node)
    accept_findings(findings, accept)
    return Preflight(action=action, current=str(current), target=str(wanted), backup=saved, findings=findings)


def parse(text: str) -> Version:
    """Reads a version such as 1.7.0.

    Raises:
        BadInput: it is none.
    """
    match = re.fullmatch(r"v?(\d+)\.(\d+)\.(\d+)", text)
    if not match:
        raise BadInput(f"'{text}' is no version of the server: give all three numbers, such as 1.7.0")
    return Version(*map(int, match.groups()))


def _versions(action: Action, current: Version, wanted: Version, marker: Marker | None) -> Iterator[Finding]:
    subject = f"{current}-{wanted}"
    step = 1 if action == "upgrade" else -1
    if wanted.major != current.major or abs(wanted.minor - current.minor) > 1:
        through = f"{current.major}.{current.minor + step}"
        rest = f"go to the latest {through} first" if action == "upgrade" else f"{through} is as far back as it goes"
        yield Finding(
            kind="skipped-minor", subject=subject, acceptable=False, message=f"only one minor version at a time: {rest}"
        )
    oldest = marker.min_forward_compatible_version if marker else None
    if action == "rollback" and oldest and wanted < parse(oldest):
        message = f"the data can be read by {oldest} and newer: restore a backup of {wanted} instead"
        yield Finding(kind="unreadable-data", subject=subject, acceptable=False, message=message)


def _features(admin: Admin, wanted: Version) -> Iterator[Finding]:
    try:
        features = admin.version().features
    except BadInput as error:
        raise BadInput(f"only a running server knows which features are in use: {error}") from None
    for name in sorted(name for name, on in features.items() if on):
        message = f"is in use, and {wanted} may not know it: restore a backup of {wanted} instead (dont-IV-5)"
        yield Finding(kind="feature", subject=name, message=message)


def _backup(
    action: Action, current: Version, saved: Backup | None, marker: Marker | None, node: Path | None
) -> Iterator[Finding]:
    cluster = marker.cluster_name if marker else "server"
    if saved is None:
        message = "stop the server, run 'deploy backup', and give it with --backup; a cluster needs snapshots instead"
        yield Finding(kind="no-backup", subject=cluster, message=message)
        return
    if marker and saved.cluster_fingerprint != marker.cluster_fingerprint:
        yield Finding(
            kind="foreign-backup",
            subject=saved.cluster_name,
            acceptable=False,
            message="the backup is of another server",
        )
        return
    if action == "upgrade" and parse(saved.version) != current:
        message = f"the backup is of {saved.version}, the server of {current}: make another one"
        yield Finding(kind="stale-backup", subject=cluster, message=message)
    elif node and action == "upgrade" and _changed_at(node) > saved.created_at:
        message = (
            f"the data changed after the backup was made ({durations.age(saved.created_at)} ago): make another one"
        )
        yield Finding(kind="stale-backup", subject=cluster, message=message)


def _changed_at(node: Path) -> datetime:
    times = (path.stat().st_mtime for path in node.rglob("*") if path.is_file() and path.name != backup.LOCK)
    return datetime.fromtimestamp(max(times), UTC)
