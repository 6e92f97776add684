"""What the server has and what it still runs, in four requests however much that is."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, TypeAdapter

from deploy.admin import Admin, Deployment

STUCK_RETRIES = 5
"""Attempts after which an invocation that backs off counts as stuck: most outages are shorter."""

MOST_SHOWN = 20
"""Troubled invocations that are listed; all are counted."""

STUCK = f"(status = 'backing-off' and retry_count >= {STUCK_RETRIES})"

SERVICES = "select name, deployment_id from sys_service order by name"

GROUPS = f"""
select pinned_deployment_id, count(*) as invocations, min(created_at) as oldest,
  sum(case when status = 'paused' then 1 else 0 end) as paused, sum(case when {STUCK} then 1 else 0 end) as stuck
from sys_invocation where status <> 'completed' group by pinned_deployment_id
"""

TROUBLED = f"""
select id, target, status, pinned_deployment_id, created_at, retry_count, last_failure_error_code, last_failure
from sys_invocation where status = 'paused' or {STUCK} order by created_at limit {MOST_SHOWN}
"""

State = Literal["latest", "draining", "drained"]


class Work(BaseModel):
    """Invocations that have not completed: how many, how many of them need a person, and since when the oldest."""

    invocations: int = 0
    paused: int = 0
    stuck: int = 0
    oldest: datetime | None = None


class DeploymentStatus(BaseModel):
    """A deployment, and what holds it."""

    id: str
    address: str
    metadata: dict[str, str]
    created_at: datetime
    state: State
    latest_of: list[str]
    """The services whose new invocations go here."""
    work: Work
    """What is pinned here."""

    @property
    def label(self) -> str:
        version = self.metadata.get("version")
        return f"{self.id} ({version})" if version else self.id


class Troubled(BaseModel):
    """An invocation that needs a person: paused, or stuck in retries."""

    id: str
    target: str
    status: str
    pinned_deployment_id: str | None = None
    created_at: datetime
    retry_count: int | None = None
    last_failure_error_code: str | None = None
    last_failure: str | None = None


class Zombies(BaseModel):
    """Invocations whose deployment was deleted: they wait for it forever."""

    deployment_id: str
    work: Work


class Status(BaseModel):
    """All of it. `waiting` has not been tried yet, and will go to the latest."""

    deployments: list[DeploymentStatus]
    waiting: Work
    troubled: list[Troubled]
    zombies: list[Zombies]

    @property
    def all_troubled(self) -> int:
        """How many there are, also of those that are not listed."""
        works = [each.work for each in self.deployments] + [each.work for each in self.zombies] + [self.waiting]
        return sum(work.paused + work.stuck for work in works)

    def of(self, deployment_id: str) -> DeploymentStatus | None:
        """None if there is no such deployment (any more)."""
        return next((each for each in self.deployments if each.id == deployment_id), None)


def status(admin: Admin) -> Status:
    """What there is now."""
    # deployments last: one that was registered in between must not make a zombie of what it runs
    groups = {row.get("pinned_deployment_id"): Work.model_validate(row) for row in admin.query(GROUPS)}
    troubled = TypeAdapter(list[Troubled]).validate_python(admin.query(TROUBLED))
    latest = [(row["deployment_id"], row["name"]) for row in admin.query(SERVICES)]
    deployments = [_deployment(each, latest, groups) for each in admin.deployments()]
    there = {each.id for each in deployments}
    gone = sorted(key for key in groups if key and key not in there)
    return Status(
        deployments=deployments,
        waiting=groups.get(None, Work()),
        troubled=troubled,
        zombies=[Zombies(deployment_id=key, work=groups[key]) for key in gone],
    )


def _deployment(each: Deployment, latest: list[tuple[str, str]], groups: dict[str | None, Work]) -> DeploymentStatus:
    latest_of = [service for deployment_id, service in latest if deployment_id == each.id]
    work = groups.get(each.id, Work())
    state: State = "latest" if latest_of else "draining" if work.invocations else "drained"
    return DeploymentStatus(
        id=each.id,
        address=each.address,
        metadata=each.metadata,
        created_at=each.created_at,
        state=state,
        latest_of=latest_of,
        work=work,
    )


def names(services: list[str], most: int = 3) -> str:
    """A few names, and how many more there are."""
    more = len(services) - most
    return ", ".join(services[:most]) + (f" and {more} more" if more > 0 else "")
