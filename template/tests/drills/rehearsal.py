"""A server, versions of a service in processes of their own, and the runbook: what a drill plays with."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from deploy.status import STUCK_RETRIES
from dev.ports import free_port
from dev.process import Process, wait_until
from dev.project import ROOT
from dev.restate_server import Server
from tests.deploy.staging import Fleet, Outcome, Staging
from tests.drills import runbook

EARLIER = ("1.5.3", "1.6.2")
"""The servers of the two minor versions before the pinned one, as npm has them."""


@dataclass(frozen=True)
class Service:
    """A version at its address. A new process at the same address is a restart, and must be of the same version."""

    version: str
    port: int
    directory: Path
    identity_keys: Sequence[str] = ()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Process:
        """Returns once it is healthy."""
        environment = {
            "ENV_FILE": os.devnull,
            "ENVIRONMENT": "development",
            "DRAIN_SECONDS": "5",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "IDENTITY_KEYS": ",".join(self.identity_keys),
        }
        command = [sys.executable, "-m", "tests.drills.service", self.version]
        log = self.directory / f"{self.version}-{self.port}.log"
        process = Process(self.version, command, log=log, environment=environment)
        return process.once_healthy(f"{self.url}/health")


class Rehearsal(Staging):
    """`processes` ends what a drill starts."""

    def __init__(self, server: Server, directory: Path, processes: ExitStack) -> None:
        super().__init__(server, Fleet("", ""), _deploy)
        self.prefix = ""
        self.directory = directory
        self._processes = processes

    def start(self, version: str, identity_keys: Sequence[str] = ()) -> tuple[Service, Process]:
        """Starts a version at an address of its own."""
        service = Service(version, free_port(), self.directory, identity_keys)
        return service, self._processes.enter_context(service.start())

    def restart(self, service: Service) -> Process:
        """Starts it where it ran before."""
        return self._processes.enter_context(service.start())

    def registered(self, version: str) -> str:
        """Starts a version and registers it as the server does it, whatever it breaks; returns the deployment's id."""
        service, _ = self.start(version)
        return self.server.register(service.url)

    def send_to_key(self, handler: str, key: str, argument: object) -> str:
        """Sends to an object; returns the invocation's id."""
        sent: str = self._post(f"Orders/{key}/{handler}/send", argument)["invocationId"]
        return sent

    def fails_with(self, invocation_id: str, code: str) -> None:
        """Waits until the failures of an invocation have Restate's code, and `status` counts it as stuck."""

        def there() -> bool:
            row = self.invocation(invocation_id)
            return row.get("last_failure_error_code") == code and row.get("retry_count", 0) >= STUCK_RETRIES

        self.until(there, f"{invocation_id} fails with {code}")

    @staticmethod
    def until(condition: Callable[[], bool], what: str, timeout: float = 60.0) -> None:
        """With more patience than a test has: elections and backoffs take their time."""
        wait_until(condition, what, timeout)

    def follow(self, name: str, **values: object) -> str:
        """Runs a command of the runbook against this server, and returns what it prints."""
        return runbook.run(name, environment={"RESTATE_ADMIN_URL": self.server.admin_url}, **values)


def _deploy(*arguments: object, admin: str = "") -> Outcome:
    done = subprocess.run(
        [sys.executable, "-m", "deploy", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "RESTATE_ADMIN_URL": admin},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)
