"""Whether a version may take the place of the one that runs: the server itself would not ask (dont-III-2)."""

from collections.abc import Collection

from pydantic import BaseModel

from deploy.address import Address
from deploy.admin import Admin, Service
from deploy.compatibility import Finding, accept_findings, additions, breakage
from deploy.discovery import Discovery, discover


class Check(BaseModel):
    """What was found at an address, and what it would break."""

    address: str
    known_as: str | None
    """The deployment that is there already."""
    compared_with: list[str]
    """The deployments that are the latest of one of its services."""
    added: list[str]
    findings: list[Finding]

    @property
    def open(self) -> list[Finding]:
        """What nobody has accepted."""
        return [finding for finding in self.findings if not finding.accepted]

    @property
    def changes_a_type(self) -> bool:
        """Whether the server has to be told that the registration is breaking."""
        return any(finding.kind == "changed-type" for finding in self.findings)


def check(admin: Admin, address: Address, accept: Collection[str] = ()) -> tuple[Check, Discovery]:
    """Compares what is served at an address with the latest of each service. Changes nothing.

    Raises:
        BadInput: nothing to compare is served there, or `accept` names what was not found.
    """
    found = discover(admin, address)
    current = admin.services()
    before = superseded(found, current)
    findings = [*_about(found), *breakage(before, found.services)]
    accept_findings(findings, accept)
    result = Check(
        address=address.text,
        known_as=found.known.id if found.known else None,
        compared_with=sorted({service.deployment_id for service in before}),
        added=list(additions(before, found.services)),
        findings=findings,
    )
    return result, found


def superseded(found: Discovery, current: list[Service]) -> list[Service]:
    """The latest revisions on each deployment that would lose at least one service to what was found.

    A service that another deployment took over before is not among them, so that a service can be split.
    """
    names = {service.name for service in found.services}
    losing = {service.deployment_id for service in current if service.name in names}
    if found.known:
        losing.discard(found.known.id)
    return [service for service in current if service.deployment_id in losing]


def _about(found: Discovery) -> list[Finding]:
    findings = []
    if found.drifted and found.known:
        findings.append(
            Finding(
                kind="drifted",
                subject=found.known.id,
                acceptable=False,
                message=f"{found.address.text} is registered as {found.known.label}, and serves other code now, which "
                "work in flight will meet: put the old code back, and deploy the new one at a new address (do-VII-1)",
            )
        )
    if found.address.is_plain_and_public:
        message = "payloads would go over the internet in clear: serve it with HTTPS (do-VII-4)"
        findings.append(Finding(kind="plain-http", subject=found.address.text, message=message))
    return findings
