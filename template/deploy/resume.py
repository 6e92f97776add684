"""Moves stuck invocations to a deployment with a fix: each is paused, then resumed there (dont-III-4).

The fix must still replay what the journal has; where it does not, the invocation gets stuck again, and stays there.
"""

import contextlib
import time
from collections.abc import Callable, Collection, Sequence

from pydantic import BaseModel

from deploy.admin import Admin, AdminError, Detail, Row, literal
from deploy.discovery import find
from deploy.errors import BadInput, Refused
from deploy.status import STUCK

PATIENCE_SECONDS = 30.0
POLL_SECONDS = 0.1

COLUMNS = "id, target, target_service_name, target_handler_name, status, pinned_deployment_id"


class Resumed(BaseModel):
    """The invocations that were, or would be, moved; and those that had ended before they could be."""

    on: str
    changed: bool
    moved: list[str]
    ended: list[str] = []


def resume(
    admin: Admin,
    on: str,
    invocations: Sequence[str] = (),
    from_: str | None = None,
    *,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> Resumed:
    """Pauses invocations and resumes them on another deployment: those named, or all that are paused or stuck on one.

    Args:
        on: id or address of the deployment with the fix.
        from_: id or address of the deployment that they are stuck on; one that was deleted by its id.
        progress: is called with the number that is done.

    Raises:
        BadInput: a deployment or invocation does not exist, or `on` does not serve its handler.
        Refused: one cannot be paused or resumed; those before it have been moved.
    """
    target = admin.deployment(find(admin, on).id)
    chosen = _named(admin, invocations) if invocations else _stuck(admin, _from(admin, from_))
    _check(chosen, target)
    if dry_run or not chosen:
        return Resumed(on=target.id, changed=False, moved=[row["id"] for row in chosen])
    for row in chosen:
        if row["status"] != "paused":
            _act(admin, row["id"], "pause")
    ended = _wait_until_paused(admin, [row["id"] for row in chosen])
    moved = [row["id"] for row in chosen if row["id"] not in ended]
    for done, invocation_id in enumerate(moved, start=1):
        _act(admin, invocation_id, "resume", deployment=target.id)
        progress(done)
    return Resumed(on=target.id, changed=bool(moved), moved=moved, ended=sorted(ended))


def _named(admin: Admin, ids: Sequence[str]) -> list[Row]:
    rows = [row for each in ids for row in _row(admin, each)]
    if done := next((row["id"] for row in rows if row["status"] == "completed"), None):
        raise BadInput(f"{done} has completed already")
    return rows


def _row(admin: Admin, invocation_id: str) -> list[Row]:
    with contextlib.suppress(AdminError):  # what is no id at all is refused
        if rows := _rows(admin, [invocation_id]):
            return rows
    raise BadInput(f"there is no invocation '{invocation_id}' ('deploy status' lists those in trouble)")


def _from(admin: Admin, name: str | None) -> str:
    if name is None:
        raise BadInput("say which invocations: give their ids, or --from DEPLOYMENT for all that are stuck there")
    try:
        return find(admin, name).id
    except BadInput:
        # it may have been deleted, and its invocations are the reason for this command
        if admin.query(f"select id from sys_invocation where pinned_deployment_id = {literal(name)} limit 1"):
            return name
        raise


def _stuck(admin: Admin, deployment_id: str) -> list[Row]:
    where = f"pinned_deployment_id = {literal(deployment_id)} and (status = 'paused' or {STUCK})"
    return admin.query(f"select {COLUMNS} from sys_invocation where {where} order by created_at")


def _rows(admin: Admin, ids: Collection[str]) -> list[Row]:
    listed = ", ".join(literal(each) for each in ids)
    return admin.query(f"select {COLUMNS} from sys_invocation where id in ({listed}) order by created_at")


def _check(rows: Sequence[Row], target: Detail) -> None:
    served = {(service.name, handler.name) for service in target.services for handler in service.handlers}
    for row in rows:
        if (row["target_service_name"], row["target_handler_name"]) not in served:
            raise BadInput(f"{target.label} does not serve {row['target']}, which {row['id']} needs")


def _act(admin: Admin, invocation_id: str, action: str, **query: str) -> None:
    try:
        admin.invocation_action("pause" if action == "pause" else "resume", invocation_id, **query)
    except AdminError as error:
        ended = {row["id"] for row in _rows(admin, [invocation_id]) if row["status"] in ("completed", "paused")}
        if action == "pause" and ended:
            return  # it got there by itself in between
        raise Refused(f"the server does not {action} {invocation_id}: {error}") from None


def _wait_until_paused(admin: Admin, ids: Sequence[str]) -> set[str]:
    """Returns those that completed instead."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while busy := [row for row in _rows(admin, ids) if row["status"] not in ("paused", "completed")]:
        if time.monotonic() > deadline:
            raise Refused(f"{busy[0]['id']} does not pause within {PATIENCE_SECONDS:g} s: is it inside a long step?")
        time.sleep(POLL_SECONDS)
    return {row["id"] for row in _rows(admin, ids) if row["status"] == "completed"}
