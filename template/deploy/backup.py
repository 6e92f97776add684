"""A cold copy of a single node, to go back to when an upgrade fails (do-VII-12). Clusters have snapshots instead.

Restored with `tar --extract --file BACKUP --directory BASE_DIR`, for a server of the same version and node name. It
rewinds: what happened since happens again, so the effects of steps must be idempotent.
"""

import contextlib
import fcntl
import io
import os
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ValidationError

from deploy import data_directory
from deploy.errors import BadInput, Refused

MANIFEST = "backup.json"
LOCK = "LOCK"
FAST = 1


class Backup(BaseModel):
    """What a backup says about itself, as its first member."""

    node: str
    cluster_name: str
    cluster_fingerprint: int | None
    version: str
    created_at: datetime
    files: int


def backup(base_dir: Path, target: Path, *, dry_run: bool = False) -> Backup:
    """Writes the data of a stopped server to a `.tar.gz` that only its owner may read; all of it or nothing.

    Raises:
        BadInput: there is no data of a single node, or `target` cannot be written.
        Refused: the server runs.
    """
    node = data_directory.node(base_dir.resolve())
    marker = data_directory.marker(node)
    _check_target(target, node)
    with _locked(node):
        files = [path for path in sorted(node.rglob("*")) if path.is_file() and path.name != LOCK]
        about = Backup(
            node=node.name,
            cluster_name=marker.cluster_name,
            cluster_fingerprint=marker.cluster_fingerprint,
            version=marker.max_version,
            created_at=datetime.now(UTC),
            files=len(files),
        )
        if not dry_run:
            _write(target, node, files, about)
    return about


def read(path: Path) -> Backup:
    """What a backup says about itself, after reading all of it.

    Raises:
        BadInput: it is none, or damaged.
    """
    try:
        with tarfile.open(path, "r:gz") as archive:
            first = archive.next()
            content = archive.extractfile(first) if first and first.name == MANIFEST else None
            about = Backup.model_validate_json(content.read() if content else b"")
            found = sum(1 for member in archive if member.isfile()) - 1
    except (OSError, EOFError, tarfile.TarError, ValidationError) as error:
        reason = str(error).splitlines()[0] if not isinstance(error, ValidationError) else f"it has no {MANIFEST}"
        raise BadInput(f"{path} is no backup that can be restored ({reason}): make one with 'deploy backup'") from None
    if found != about.files:
        raise BadInput(f"{path} has {found} of {about.files} files: make another one with 'deploy backup'")
    return about


def _check_target(target: Path, node: Path) -> None:
    if target.exists():
        raise BadInput(f"{target} exists: choose another name, backups are not overwritten")
    if not target.parent.is_dir():
        raise BadInput(f"there is no directory {target.parent}: create it first")
    if node in target.resolve().parents:
        raise BadInput(f"{target} is inside of the data: choose a place outside of {node}")


@contextlib.contextmanager
def _locked(node: Path) -> Iterator[None]:
    """Holds the locks that a running server would hold, so that none starts meanwhile.

    They end when this process closes any handle of a locked file, so nothing else here may open one.
    """
    with contextlib.ExitStack() as held:
        for path in sorted(node.glob(f"*/{LOCK}")):
            lock = held.enter_context(path.open("r+b"))
            try:
                fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Refused(
                    f"a server runs on {node}: stop it first, a copy of changing files is worthless"
                ) from None
        yield


def _write(target: Path, node: Path, files: list[Path], about: Backup) -> None:
    manifest = about.model_dump_json(indent=2).encode()
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # for its owner alone
    try:
        with os.fdopen(handle, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=FAST) as archive:
                member = tarfile.TarInfo(MANIFEST)
                member.size, member.mode = len(manifest), 0o600
                archive.addfile(member, io.BytesIO(manifest))
                for path in files:
                    archive.add(path, arcname=f"{node.name}/{path.relative_to(node)}")
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).rename(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
