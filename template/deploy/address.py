"""Where a version is served: a URL, or the ARN of a published version on Lambda. It must never serve other code."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from deploy.errors import BadInput

ARN = re.compile(r"arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:(?P<name>[\w-]+)(?::(?P<version>.*))?")

PRIVATE_SUFFIXES = (".localhost", ".local", ".internal", ".svc", ".lan", ".home.arpa", ".test")


@dataclass(frozen=True)
class Address:
    """An address, and how the server is to talk to it."""

    text: str
    use_http_11: bool = False
    assume_role_arn: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Sent with each request to it."""

    @property
    def is_lambda(self) -> bool:
        return self.text.startswith("arn:")

    @property
    def registration(self) -> dict[str, Any]:
        """The part of a registration that says where the version is."""
        headers = {"additional_headers": dict(self.headers)} if self.headers else {}
        if self.is_lambda:
            role = {"assume_role_arn": self.assume_role_arn} if self.assume_role_arn else {}
            return {"arn": self.text, **role, **headers}
        return {"uri": self.text, "use_http_11": self.use_http_11, **headers}

    @property
    def is_plain_and_public(self) -> bool:
        """Whether requests go over the internet in clear (do-VII-4). A name with a dot counts as public."""
        if self.is_lambda:
            return False
        url = httpx.URL(self.text)
        return url.scheme == "http" and _is_public(url.host)


def parse(text: str, *, use_http_11: bool = False, assume_role_arn: str | None = None) -> Address:
    """Reads what a person gave as address.

    Raises:
        BadInput: no URL with a host, or an ARN whose code can change: without a version, `$LATEST`, or an alias.
    """
    if text.startswith("arn:"):
        _check_arn(text)
        if use_http_11:
            raise BadInput("a function on Lambda is not reached over HTTP: leave out --use-http-1.1")
    else:
        _check_url(text)
        if assume_role_arn:
            raise BadInput("--assume-role-arn is for functions on Lambda: leave it out for a URL")
    return Address(text, use_http_11, assume_role_arn)


def _check_arn(text: str) -> None:
    match = ARN.fullmatch(text)
    if not match:
        raise BadInput(f"'{text}' is no ARN of a function: arn:aws:lambda:REGION:ACCOUNT:function:NAME:VERSION")
    version = match["version"]
    publish = "publish a version ('aws lambda publish-version'), and give its number after a colon"
    if not version:
        raise BadInput(f"'{text}' names no version: {publish}")
    if version == "$LATEST":
        raise BadInput(f"'{text}' is whatever was uploaded last, so work in flight would meet other code: {publish}")
    if not version.isdigit():
        raise BadInput(f"'{version}' is an alias, which can be moved to other code: {publish}")


def _check_url(text: str) -> None:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host:
        raise BadInput(f"'{text}' is no address of a service: give a URL such as http://orders-4f2a:9080, or an ARN")


def _is_public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(PRIVATE_SUFFIXES)
