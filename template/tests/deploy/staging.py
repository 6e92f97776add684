"""A real server, a fleet of versions, and the command; what a test of the rollout may ask of them."""

import json
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import httpx

from dev.ports import free_port
from dev.process import Process, wait_until
from dev.restate_server import Server

TOKEN = "let-me-in"


class Outcome(NamedTuple):
    """Of one run of the command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def line(self) -> str:
        """The error, which is one line."""
        (line,) = self.err.splitlines()
        return line


class Fleet(NamedTuple):
    """The processes with every version: where the server reaches them, and where this machine does."""

    url: str
    local_url: str


class Command(Protocol):
    """`python -m deploy`, in this process."""

    def __call__(self, *arguments: object, admin: str = "") -> Outcome: ...


class Staging:
    """The server with the services of one test. Each test has a prefix of its own."""

    def __init__(self, server: Server, fleet: Fleet, command: Command) -> None:
        self.server = server
        self.fleet = fleet
        self.prefix = f"T{secrets.token_hex(4)}"
        self._command = command

    # ------------------------------------------------------------------ the command

    def deploy(self, *arguments: str, admin: str | None = None) -> Outcome:
        """Runs `python -m deploy`, in this process."""
        return self._command(*arguments, admin=admin or self.server.admin_url)

    def deployed(self, *arguments: str) -> Any:
        """Its JSON document, where it must succeed."""
        outcome = self.deploy(*arguments, "--json")
        assert outcome.code == 0, outcome
        return outcome.json

    def register(self, version: str) -> str:
        """Registers a version as the server does it, whatever it breaks; returns the deployment's id."""
        return self.server.register(self.url(version))

    def url(self, version: str) -> str:
        return f"{self.fleet.url}/{self.prefix}/{version}"

    def move(self, version: str) -> None:
        """Puts other code at the address of the version "moving"."""
        httpx.post(f"{self.fleet.local_url}/{self.prefix}/moving/{version}", trust_env=False).raise_for_status()

    # ------------------------------------------------------------------ the server

    def facts(self) -> Any:
        """Every deployment, service and unfinished invocation: what bad input must leave as it is."""
        admin = self.server.admin
        services = sorted(admin.request("GET", "/v3/services")["services"], key=lambda each: str(each["name"]))
        for service in services:
            service["handlers"].sort(key=lambda each: str(each["name"]))
        deployments = [self._in_order(each) for each in admin.request("GET", "/v3/deployments")["deployments"]]
        pinned = admin.query(
            "select id, pinned_deployment_id from sys_invocation where status <> 'completed' order by id"
        )
        return sorted(deployments, key=lambda each: str(each["id"])), services, pinned

    @staticmethod
    def _in_order(deployment: dict[str, Any]) -> dict[str, Any]:
        return deployment | {"services": sorted(deployment["services"], key=lambda each: str(each["name"]))}

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Whatever is done inside changes nothing on the server."""
        before = self.facts()
        yield
        assert self.facts() == before

    def call(self, handler: str, argument: object = None, *, service: str = "Orders") -> Any:
        """Calls a handler through the ingress."""
        return self._post(f"{self.prefix}{service}/{handler}", argument)

    def send(self, handler: str, argument: object) -> str:
        """Sends, and waits until the invocation is pinned to a deployment; returns its id."""
        sent: str = self._post(f"{self.prefix}Orders/{handler}/send", argument)["invocationId"]
        self.until(lambda: "pinned_deployment_id" in self.invocation(sent), f"{sent} is pinned")
        return sent

    def _post(self, path: str, argument: object) -> Any:
        content = None if argument is None else json.dumps(argument)
        headers = {} if argument is None else {"content-type": "application/json"}
        url = f"{self.server.ingress_url}/{path}"
        answer = httpx.post(url, content=content, headers=headers, timeout=10.0, trust_env=False)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def invocation(self, invocation_id: str) -> dict[str, Any]:
        return self.server.admin.invocation(invocation_id) or {}

    def reaches(self, invocation_id: str, status: str) -> None:
        """Waits until an invocation has a status."""
        self.until(lambda: self.invocation(invocation_id).get("status") == status, f"{invocation_id} is {status}")

    def retried(self, invocation_id: str, times: int) -> None:
        """Waits until an invocation backs off after that many attempts."""

        def there() -> bool:
            row = self.invocation(invocation_id)
            return row.get("status") == "backing-off" and row.get("retry_count", 0) >= times

        self.until(there, f"{invocation_id} has been tried {times} times")

    def cancel(self, invocation_id: str) -> None:
        self.server.admin.invocation_action("cancel", invocation_id)

    def clear(self) -> None:
        """Takes everything away that the test has left."""
        admin = self.server.admin
        mine = f"status <> 'completed' and target_service_name like '{self.prefix}%'"
        query = f"select id from sys_invocation where {mine}"
        for row in admin.query(query):
            admin.invocation_action("kill", row["id"])
        self.until(lambda: not admin.query(query), "everything is killed")
        for each in admin.request("GET", "/v3/deployments")["deployments"]:
            if f"/{self.prefix}/" in each["uri"]:
                admin.request("DELETE", f"/v3/deployments/{each['id']}", force="true")

    @staticmethod
    def until(condition: Callable[[], bool], what: str, timeout: float = 20.0) -> None:
        wait_until(condition, what, timeout)


@contextmanager
def fleet(server: Server, directory: Path, *, http_11_only: bool = False) -> Iterator[Fleet]:
    """Starts the processes with every version."""
    port = free_port()
    environment = {
        "ENV_FILE": os.devnull,
        "ENVIRONMENT": "development",
        "DRAIN_SECONDS": "0.2",
        "HOST": server.app_host,
        "PORT": str(port),
        "RESTATE_ADMIN_URL": server.admin_url,
        "GUARD_TOKEN": TOKEN,
    }
    command = [sys.executable, "-m", "tests.deploy.fleet"]
    if http_11_only:
        command.append("--http-1.1")
    with Process("fleet", command, log=directory / "fleet.log", environment=environment) as process:
        local_url = f"http://{server.app_host}:{port}"
        process.wait_until_healthy(f"{local_url}/health")
        yield Fleet(server.app_url(port), local_url)
