"""A real Restate server with the app behind it, and what tests ask of both.

Lanes: *normal*; *replay*, where the server suspends at every wait, so that each is followed by a replay; and *chaos*,
where attempts alternate between two processes with different hash seeds and every other reply is lost.
"""

import importlib
import importlib.util
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Literal

import anyio
import httpx

from dev import restate_server
from dev.admin import Mismatch, Row
from dev.ports import free_port
from dev.process import Ended, Process
from durable import Client
from tests import probe

Lane = Literal["normal", "replay", "chaos"]

ON_PURPOSE = ("Probe/coin_flip", "Probe/unordered")
"""Handlers that break determinism to prove that the lanes see it."""

PATIENCE = 20.0
"""Seconds that a test waits for something at most."""

FAST = {
    "DRAIN_SECONDS": "2",
    "RETRY_INITIAL_INTERVAL": "0.02",
    "RETRY_MAX_INTERVAL": "0.2",
    "RETRY_MAX_ATTEMPTS": "100",
    "ORDER_PAYMENT_DEADLINE": "2",
    "ORDER_APPROVAL_DEADLINE": "2",
}
"""Deadlines and delays for tests; what the project does not have is ignored."""


async def eventually(condition: Callable[[], Awaitable[bool]], what: str, within: float = PATIENCE) -> None:
    """Polls until the condition holds; fails naming `what` after `within` seconds."""
    deadline = time.monotonic() + within
    while not await condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {within:g} s in vain until {what}")
        await anyio.sleep(0.03)


class System:
    """One lane's server, app and, where the project has one, sandbox; shared by the tests of a worker.

    `module` is what serves the app, and `settings` come on top of those that every test has.
    """

    def __init__(
        self,
        lane: Lane,
        processes: ExitStack,
        *,
        module: str = "tests.probe",
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.lane = lane
        self._module = module
        self._settings = dict(settings or {})
        self.directory = Path(processes.enter_context(tempfile.TemporaryDirectory(prefix="restate-test-")))
        self._processes = processes
        self._effects = self.directory / "effects"
        self._effects.touch()
        self.server = processes.enter_context(restate_server.start())
        self.ingress_url, self.admin_url = self.server.ingress_url, self.server.admin_url
        self.sandbox_url = ""
        self._outside_world: dict[str, str] = {}
        self._start_sandbox()
        self._ports = [free_port() for _ in range(2 if lane == "chaos" else 1)]
        self._apps: list[Process] = []
        self.start_app()
        processes.callback(self._kill_apps)
        self._register()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Gives the system the HTTP clients of one test, which live in that test's event loop."""
        async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as self.http:
            self.client = Client(self.http, self.ingress_url, self.admin_url)
            yield

    # ------------------------------------------------------------------ processes

    def start_app(self) -> None:
        """Starts the app, and waits until it is healthy."""
        self._apps = [
            Process("app", [sys.executable, "-m", self._module], log=self.directory / "app.log", environment=variables)
            for variables in map(self._environment, self._ports)
        ]
        for app, port in zip(self._apps, self._ports, strict=True):
            app.wait_until_healthy(f"http://{self.server.app_host}:{port}/health")

    def stop_app(self) -> Ended:
        """SIGTERM."""
        (ended, *_) = [app.terminate() for app in self._apps]
        return ended

    def crash_and_restart_app(self) -> None:
        """SIGKILL: nothing is finished, nothing is cleaned up."""
        self._kill_apps()
        self.start_app()

    @contextmanager
    def another_app(self, module: str = "serve") -> Iterator[tuple[Process, str]]:
        """A second process of the service, which the server does not know; with its URL."""
        port = free_port()
        environment = self._environment(port) | {"HOST": "127.0.0.1"}
        log = self.directory / "another.log"
        with Process("another app", [sys.executable, "-m", module], log=log, environment=environment) as process:
            url = f"http://127.0.0.1:{port}"
            process.wait_until_healthy(f"{url}/health")
            yield process, url

    def _environment(self, port: int) -> dict[str, str]:
        variables = FAST | {
            "ENV_FILE": os.devnull,  # tests do not depend on the .env of whoever runs them
            "ENVIRONMENT": "development",
            "HOST": self.server.app_host,
            "PORT": str(port),
            "PROBE_EFFECTS": str(self._effects),
            "PYTHONHASHSEED": str(port),
            "DATABASE_URL": f"sqlite+aiosqlite:///{self.directory / 'shop.db'}",
        }
        return variables | self._outside_world | self._settings

    def _start_sandbox(self) -> None:
        if importlib.util.find_spec("dev.provider"):  # a project without the shop has none
            sandbox = importlib.import_module("dev.provider.sandbox").Sandbox(self.directory)
            self._processes.enter_context(sandbox)
            self.sandbox_url = sandbox.url
            self._outside_world = sandbox.app_environment(self.ingress_url)

    def _register(self) -> None:
        port = self._start_chaos() if self.lane == "chaos" else self._ports[0]
        self.server.register(self.server.app_url(port), use_http_11=self.lane == "chaos")
        if self.lane == "replay":
            # what a service declares wins over the server's settings, so each is overruled (do-I-6)
            for service in self.server.admin.request("GET", "/services")["services"]:
                self.server.admin.patch_service(service["name"], inactivity_timeout="0s")

    def _start_chaos(self) -> int:
        port = free_port()
        command = [
            sys.executable,
            "-m",
            "dev.chaos",
            "--host",
            self.server.app_host,
            "--port",
            str(port),
            "--drop-replies",
        ]
        for backend in self._ports:
            command += ["--backend", f"http://{self.server.app_host}:{backend}"]
        chaos = self._processes.enter_context(Process("chaos", command, log=self.directory / "chaos.log"))
        chaos.wait_until_healthy(f"http://{self.server.app_host}:{port}/health")
        return port

    def _kill_apps(self) -> None:
        for app in self._apps:
            app.kill()

    # ------------------------------------------------------------------ what happened

    def log(self) -> str:
        """Everything the app has logged so far."""
        return (self.directory / "app.log").read_text()

    def secrets(self) -> list[str]:
        """What the app was given that nobody may read in its log."""
        return [value for name, value in self._outside_world.items() if name.endswith(("SECRET", "KEY", "TOKEN"))]

    def effects(self) -> list[str]:
        """The effects of the probe's steps, in order."""
        return self._effects.read_text().splitlines()

    def add_effect(self, what: str) -> None:
        """Adds one from outside, for a handler that looks for it."""
        with self._effects.open("a") as file:
            file.write(what + "\n")

    def mismatches(self) -> list[Mismatch]:
        """Replays that took another way than their journal, except by handlers made for it."""
        return [found for found in self.server.admin.mismatches() if found.target not in ON_PURPOSE]

    def mismatches_on_purpose(self, invocation_id: str) -> list[Mismatch]:
        return [found for found in self.server.admin.mismatches() if found.invocation_id == invocation_id]

    async def query(self, sql: str) -> list[Row]:
        """Rows of Restate's introspection tables."""
        return self.server.admin.query(sql)

    async def journal(self, invocation_id: str) -> list[Row]:
        """An invocation's journal, entry by entry."""
        return self.server.admin.journal(invocation_id)

    async def unfinished(self) -> list[Row]:
        """Invocations that run, wait or are retried; scheduled ones are just waiting for their time."""
        return [row for row in self.server.admin.unfinished() if row["status"] != "scheduled"]

    async def running(self, invocation_id: str) -> None:
        """Waits until an invocation runs."""
        await self._reaches(invocation_id, "running")

    async def paused(self, invocation_id: str) -> None:
        """Waits until an invocation is paused."""
        await self._reaches(invocation_id, "paused")

    async def completed(self, invocation_id: str) -> None:
        """Waits until an invocation has completed, whichever way."""
        await self._reaches(invocation_id, "completed")

    async def _reaches(self, invocation_id: str, status: str) -> None:
        async def there() -> bool:
            return (self.server.admin.invocation(invocation_id) or {}).get("status") == status

        await eventually(there, f"{invocation_id} is {status}")

    # ------------------------------------------------------------------ what tests do to it

    async def send_private(self, service: str, handler: str, arg: object, *, key: str | None = None) -> str:
        """Sends to a handler that is private to the ingress, through one that is not; returns the invocation id.

        `arg` goes as JSON, and bytes as they are.
        """
        body = arg if isinstance(arg, bytes) else json.dumps(arg).encode()
        parcel = probe.Parcel(service=service, handler=handler, key=key, body=body)
        return await self.client.call(probe.carry, parcel)

    async def sandbox_request(self, method: str, path: str, json: object = None) -> httpx.Response:
        """Asks the sandbox of the outside world, or tells it how to behave."""
        response = await self.http.request(method, self.sandbox_url + path, json=json)
        return response.raise_for_status()

    async def state(self, service: str, key: str) -> dict[str, Any]:
        """The state of an object or workflow, by name."""
        return self.server.admin.state(service, key)

    async def set_state(self, service: str, key: str, values: dict[str, Any]) -> None:
        """Replaces the state of an object or workflow."""
        self.server.admin.set_state(service, key, values)

    async def pause(self, invocation_id: str) -> None:
        """Pauses an invocation, as an operator does, and waits until it is."""
        self.server.admin.invocation_action("pause", invocation_id)
        await self.paused(invocation_id)

    async def resume(self, invocation_id: str) -> None:
        """Resumes a paused invocation."""
        self.server.admin.invocation_action("resume", invocation_id)
