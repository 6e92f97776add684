"""Restate's admin API, version 3, as far as a rollout needs it.

`force` is always said: what its absence means depends on the API's version. There is no `PUT` here, nor the deprecated
`DELETE /invocations` (dont-III-1, dont-IV-1).
"""

import ipaddress
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from deploy.errors import BadInput

TIMEOUT = httpx.Timeout(30.0, connect=5.0)

Row = dict[str, Any]
Model = TypeVar("Model", bound="Answer")


class AdminError(BadInput):
    """The server refused; `code` is Restate's own, such as META0006."""

    def __init__(self, status: int, code: str | None, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Answer(BaseModel):
    """What the server answers; fields that this version of the command does not know are left out."""

    model_config = ConfigDict(frozen=True)


class Handler(Answer):
    """A handler as it was discovered. Durations are as the server writes them, such as "1d 12h"."""

    name: str
    ty: str | None = None
    public: bool = True
    input_description: str | None = None
    output_description: str | None = None
    input_json_schema: bool | dict[str, Any] | None = None
    output_json_schema: bool | dict[str, Any] | None = None
    idempotency_retention: str | None = None
    journal_retention: str | None = None
    workflow_completion_retention: str | None = None


class Service(Answer):
    """A service in one revision; in `Admin.services` the latest, which gets new invocations."""

    name: str
    ty: str
    deployment_id: str
    revision: int
    public: bool = True
    handlers: list[Handler]
    idempotency_retention: str | None = None
    journal_retention: str | None = None
    workflow_completion_retention: str | None = None


class Deployment(Answer):
    """One version at its address: `uri` over HTTP, or `arn` on Lambda."""

    id: str
    uri: str | None = None
    arn: str | None = None
    assume_role_arn: str | None = None
    http_version: str | None = None
    additional_headers: dict[str, str] = {}
    metadata: dict[str, str] = {}
    created_at: datetime
    sdk_version: str | None = None

    @property
    def address(self) -> str:
        return self.uri or self.arn or "?"

    @property
    def label(self) -> str:
        """The id, and the version if it was registered with one."""
        version = self.metadata.get("version")
        return f"{self.id} ({version})" if version else self.id


class Detail(Deployment):
    """A deployment with its services in full, as they were discovered when it was registered."""

    services: list[Service]


class Registration(Answer):
    """The answer to a registration, or to the rehearsal of one. `known`: the address was registered before."""

    id: str
    services: list[Service]
    sdk_version: str | None = None
    known: bool = False


class Version(Answer):
    """The server's version, and which of its optional features are on."""

    version: str
    features: dict[str, bool] = {}


class Admin:
    """Each method raises `BadInput` where there is no server, or it wants another token, and `AdminError` where it
    refuses. `requests` counts them."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url.rstrip("/")
        self.requests = 0
        headers = {"accept": "application/json"}  # or /query answers in Arrow
        if token:
            headers["authorization"] = f"Bearer {token}"
        try:
            host = httpx.URL(self.url).host
            self._http = httpx.Client(base_url=self.url, headers=headers, timeout=TIMEOUT, trust_env=not _is_here(host))
        except (httpx.InvalidURL, UnicodeError):  # the latter is for a token that no header can hold
            raise BadInput(f"'{self.url}' is no URL: give --admin one such as http://127.0.0.1:9070") from None

    def version(self) -> Version:
        return self._read(Version, self._send("GET", "/version"))

    def deployments(self) -> list[Deployment]:
        """Every deployment, the newest registration first."""
        found = self._send("GET", "/v3/deployments").get("deployments", [])
        return sorted((self._read(Deployment, each) for each in found), key=lambda d: d.created_at, reverse=True)

    def deployment(self, deployment_id: str) -> Detail:
        return self._read(Detail, self._send("GET", f"/v3/deployments/{quote(deployment_id)}"))

    def services(self) -> list[Service]:
        """The latest revision of each service."""
        return [self._read(Service, each) for each in self._send("GET", "/v3/services").get("services", [])]

    def query(self, sql: str) -> list[Row]:
        """Rows of a query; a column that is null in a row is missing from it. Quote values with `literal`."""
        rows: list[Row] = self._send("POST", "/query", {"query": sql})["rows"]
        return rows

    def register(
        self,
        where: Mapping[str, Any],
        *,
        dry_run: bool = False,
        force: bool = False,
        breaking: bool = False,
        metadata: Mapping[str, str] | None = None,
    ) -> Registration:
        """Looks at what is served at an address, and unless it is a dry run makes it the latest.

        An address that is known is looked at again with `force` only, and replaced by what is found.
        """
        body = {**where, "dry_run": dry_run, "force": force, "breaking": breaking, "metadata": dict(metadata or {})}
        response = self._respond("POST", "/v3/deployments", body)
        return self._read(Registration, {**response.json(), "known": response.status_code == 200})

    def delete_deployment(self, deployment_id: str) -> None:
        """Deletes it, whatever it still runs: the server does not look, so the caller must have (do-VII-2)."""
        self._send("DELETE", f"/v3/deployments/{quote(deployment_id)}", force="true")

    def invocation_action(self, action: Literal["pause", "resume"], invocation_id: str, **query: str) -> None:
        """Returns when the server has accepted it, which is before it has happened."""
        self._send("PATCH", f"/invocations/{quote(invocation_id)}/{action}", **query)

    def _send(self, method: str, path: str, body: object = None, **query: str) -> Any:
        response = self._respond(method, path, body, **query)
        try:
            return response.json() if response.content else None
        except ValueError:
            raise self._stranger("answers, but not with JSON") from None

    def _respond(self, method: str, path: str, body: object = None, **query: str) -> httpx.Response:
        self.requests += 1
        try:
            response = self._http.request(method, path, json=body, params=query)
        except httpx.UnsupportedProtocol:
            raise BadInput(f"'{self.url}' is no URL: give --admin one such as http://127.0.0.1:9070") from None
        except httpx.TimeoutException as error:
            raise BadInput(
                f"{self.url} does not answer in time ({type(error).__name__}): is it the admin API?"
            ) from None
        except httpx.HTTPError as error:
            raise BadInput(
                f"no admin API at {self.url} ({error or type(error).__name__}): "
                "start the server, or say where it is with --admin or RESTATE_ADMIN_URL"
            ) from None
        if response.status_code in (401, 403):
            raise BadInput(
                f"{self.url} refuses the token ({response.status_code}): set RESTATE_AUTH_TOKEN to one it accepts"
            )
        if response.is_redirect:
            raise self._stranger(f"redirects to {response.headers.get('location')}")
        if response.is_error:
            raise self._error(response)
        return response

    def _error(self, response: httpx.Response) -> BadInput:
        try:
            answer = response.json()
            if "code" in answer:  # an error of the ingress
                return self._stranger("is an ingress, or something else")
            return AdminError(response.status_code, answer.get("restate_code"), str(answer["message"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            return self._stranger(f"answers {response.status_code} {response.text[:80]!r}")

    def _stranger(self, what: str) -> BadInput:
        return BadInput(f"{self.url} {what}: it is no admin API; give --admin its address, the port is usually 9070")

    def _read(self, model: type[Model], answer: object) -> Model:
        try:
            return model.model_validate(answer)
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise self._stranger(f"answers something unknown ({model.__name__} {where}: {first['msg']})") from None

    def close(self) -> None:
        self._http.close()


def literal(value: str) -> str:
    """A string as a SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def _is_here(host: str) -> bool:
    """Whether a host is this machine, which no proxy can reach."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
