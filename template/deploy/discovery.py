"""Looks at what is served at an address, through the server, without storing anything (do-VII-1).

What the server sees are services, handlers, types and settings. Other code behind the same handlers looks the same, so
an address must not change even where nothing is found.
"""

import textwrap
from dataclasses import dataclass
from typing import Any

from deploy.address import Address
from deploy.admin import Admin, AdminError, Deployment, Detail, Service
from deploy.errors import BadInput

# What an operator may change on the server, so that a difference there is not one of the code.
ADJUSTABLE = {
    "public",
    "idempotency_retention",
    "journal_retention",
    "workflow_completion_retention",
}

MOST_SAID = 300
"""Characters of what the server says of a service that it cannot reach: of Lambda it says pages."""


@dataclass(frozen=True)
class Discovery:
    """What is served at an address now; and the deployment there, if there is one already."""

    address: Address
    services: list[Service]
    known: Detail | None = None
    drifted: bool = False
    """The address is registered, and what is served there is not what was registered."""


def discover(admin: Admin, address: Address) -> Discovery:
    """Asks the server to look, as it would for a registration.

    Raises:
        BadInput: nothing answers there, or nothing that Restate could call.
    """
    try:
        # with force it looks at an address that it knows, too, and with breaking it shows a changed type
        found = admin.register(address.registration, dry_run=True, force=True, breaking=True)
    except AdminError as error:
        raise _explained(address, error) from None
    if not found.known:
        return Discovery(address, found.services)
    known = admin.deployment(found.id)
    same = _code(known.services) == _code(found.services) and known.sdk_version == found.sdk_version
    return Discovery(address, found.services, known, drifted=not same)


def find(admin: Admin, name: str) -> Deployment:
    """The deployment with an id, or at an address.

    Raises:
        BadInput: there is none; names those that there are.
    """
    deployments = admin.deployments()
    for each in deployments:
        if name in (each.id, each.address) or name.rstrip("/") == each.address.rstrip("/"):
            return each
    there = ", ".join(each.label for each in deployments[:5]) or "none"
    raise BadInput(f"there is no deployment '{name}'; there are: {there} ('deploy status' lists them all)")


def _code(services: list[Service]) -> list[Any]:
    """What follows from the code alone, in a fixed order."""
    seen = []
    for service in services:
        plain = service.model_dump(exclude={"deployment_id", "revision", *ADJUSTABLE})
        plain["handlers"] = sorted(
            (handler.model_dump(exclude=ADJUSTABLE) for handler in service.handlers), key=lambda each: str(each["name"])
        )
        seen.append(plain)
    return sorted(seen, key=lambda each: str(each["name"]))


def _explained(address: Address, error: AdminError) -> BadInput:
    said = " ".join(str(error).replace(f"[{error.code}] ", "").split()).partition(" Response headers:")[0]
    said = textwrap.shorten(said, MOST_SAID, placeholder=" …")
    if error.code == "META0014" or ("http1.1" in said.lower() and not address.use_http_11):
        return BadInput(
            f"{address.text} speaks HTTP/1.1 only: serve HTTP/2, as 'python -m serve' does, or accept one request "
            "per step with --use-http-1.1 (do-VII-3)"
        )
    if error.code == "META0003" and "401" in said:
        return BadInput(
            f"{address.text} does not accept the server's signature: give the service the server's public key "
            "(IDENTITY_KEYS), and the server its private one (do-VII-7)"
        )
    if error.code == "META0003":
        hint = "see that the server may call it" if address.is_lambda else "start it where the server can reach it"
        return BadInput(f"no Restate service answers at {address.text} ({said}): {hint}")
    return BadInput(f"the server cannot register {address.text}: {said}")
