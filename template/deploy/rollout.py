"""Registering a version, going back to an earlier one, and retiring one that is done; and what of it is refused."""

from collections.abc import Collection, Mapping

from pydantic import BaseModel

from deploy import durations
from deploy.address import Address
from deploy.admin import Admin, Deployment, Detail
from deploy.check import Check, check
from deploy.discovery import find
from deploy.errors import BadInput, Refused
from deploy.status import DeploymentStatus, Work, Zombies, names, status


class Registered(BaseModel):
    """A version that is, or would be, the latest. `id` is None for the rehearsal of a first registration."""

    id: str | None
    changed: bool
    """False if there was nothing to do, or it was a dry run."""
    metadata: dict[str, str]
    check: Check


class Retired(BaseModel):
    """A deployment that is, or would be, gone; and what is pinned to deleted deployments, which should be nothing."""

    id: str
    changed: bool
    zombies: list[Zombies] = []


def register(
    admin: Admin, address: Address, metadata: Mapping[str, str], accept: Collection[str] = (), *, dry_run: bool = False
) -> Registered:
    """Makes what is served at an address the latest version, unless that breaks something nobody accepted.

    `Registered.check.open` has what was not accepted; then nothing was changed. An address that is registered already
    is left as it is.

    Raises:
        BadInput: as in `check`.
        Refused: the address was registered before, and has been superseded since.
    """
    checked, found = check(admin, address, accept)
    if found.known and not found.drifted:
        if checked.compared_with:
            raise Refused(
                f"{address.text} is registered already, as {found.known.label}, and a later version took over: "
                f"'deploy rollback {found.known.id}' makes it the latest again"
            )
        return Registered(id=found.known.id, changed=False, metadata=found.known.metadata, check=checked)
    if checked.open or dry_run:
        return Registered(id=None, changed=False, metadata=dict(metadata), check=checked)
    done = admin.register(address.registration, metadata=metadata, breaking=checked.changes_a_type)
    return Registered(id=done.id, changed=True, metadata=dict(metadata), check=checked)


def rollback(admin: Admin, name: str, accept: Collection[str] = (), *, dry_run: bool = False) -> Registered:
    """Makes an earlier deployment the latest again; new invocations go there, those in flight stay where they are.

    To the server this is a forced registration of the same address, so it is done only if the code there is still the
    code that was registered.

    Raises:
        BadInput: there is no such deployment, or nothing answers at its address.
    """
    earlier = admin.deployment(find(admin, name).id)
    address = _address_of(earlier)
    checked, found = check(admin, address, accept)
    result = Registered(id=earlier.id, changed=False, metadata=earlier.metadata, check=checked)
    nothing_to_do = not checked.compared_with and not found.drifted
    if checked.open or dry_run or nothing_to_do:
        return result
    admin.register(address.registration, force=True, breaking=checked.changes_a_type, metadata=earlier.metadata)
    return result.model_copy(update={"changed": True})


def retire(admin: Admin, name: str, *, dry_run: bool = False) -> Retired:
    """Deletes a deployment that runs nothing and is the latest of nothing (do-VII-2).

    Raises:
        BadInput: there is no such deployment.
        Refused: with how much it still runs and since when, or what it is the latest of.
    """
    deployment = drainable(admin, find(admin, name))
    if deployment.work.invocations:
        raise Refused(f"{deployment.label} still has {running(deployment.work)}; {what_to_do(deployment)}")
    if dry_run:
        return Retired(id=deployment.id, changed=False)
    admin.delete_deployment(deployment.id)
    return Retired(id=deployment.id, changed=True, zombies=status(admin).zombies)


def drainable(admin: Admin, deployment: Deployment) -> DeploymentStatus:
    """What a deployment still runs.

    Raises:
        BadInput: it has been deleted.
        Refused: it is the latest of a service, so it gets new invocations.
    """
    now = status(admin).of(deployment.id)
    if now is None:
        raise BadInput(f"there is no deployment '{deployment.id}' any more")
    if now.latest_of:
        raise Refused(
            f"{now.label} is the latest of {names(now.latest_of)}, so it gets new invocations: register a version that "
            "serves them with 'deploy register', or go back to an earlier one with 'deploy rollback'"
        )
    return now


def running(work: Work) -> str:
    """Such as "3 invocations (oldest 4 m)"."""
    number = f"{work.invocations} invocation{'' if work.invocations == 1 else 's'}"
    return f"{number} (oldest {durations.age(work.oldest)})" if work.oldest else number


def what_to_do(deployment: DeploymentStatus) -> str:
    """The commands that empty a deployment."""
    id_, work = deployment.id, deployment.work
    if troubled := work.paused + work.stuck:
        return f"{troubled} paused or stuck: mend that with 'deploy resume --from {id_} --on NEW'"
    return f"wait with 'deploy drain {id_} --wait', or move them with 'deploy resume'"


def _address_of(deployment: Detail) -> Address:
    http_11 = deployment.arn is None and (deployment.http_version or "").startswith("HTTP/1")
    return Address(
        deployment.address,
        use_http_11=http_11,
        assume_role_arn=deployment.assume_role_arn,
        headers=deployment.additional_headers,
    )
