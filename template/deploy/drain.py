"""Waits until a superseded version has finished what it began."""

import time
from collections.abc import Callable

from pydantic import BaseModel

from deploy.admin import Admin
from deploy.discovery import find
from deploy.errors import Refused
from deploy.rollout import drainable, running, what_to_do
from deploy.status import DeploymentStatus, Work

POLL_SECONDS = 0.5


class Drain(BaseModel):
    """What a deployment still runs; drained, if that is nothing."""

    id: str
    drained: bool
    work: Work
    waited_seconds: float


def drain(
    admin: Admin,
    name: str,
    *,
    wait: bool,
    timeout: float | None = None,
    progress: Callable[[DeploymentStatus], None] = lambda now: None,
) -> Drain:
    """Looks what a deployment still runs, and if told to waits until that is nothing.

    Args:
        timeout: seconds to wait at most.
        progress: is called with each look.

    Raises:
        BadInput: there is no such deployment.
        Refused: it is the latest of a service; all that is left is paused, so it ends only if a person acts; or the
            time is over.
    """
    deployment = find(admin, name)
    started = time.monotonic()
    while True:
        now = drainable(admin, deployment)
        progress(now)
        waited = time.monotonic() - started
        if not now.work.invocations or not wait:
            drained = not now.work.invocations
            return Drain(id=now.id, drained=drained, work=now.work, waited_seconds=round(waited, 1))
        if now.work.paused == now.work.invocations:
            raise Refused(f"{now.label} still has {running(now.work)}; {what_to_do(now)}")
        if timeout is not None and waited >= timeout:
            raise Refused(f"{now.label} still has {running(now.work)} after {timeout:g} s; wait longer with --timeout")
        time.sleep(POLL_SECONDS if timeout is None else max(0.01, min(POLL_SECONDS, timeout - waited)))
