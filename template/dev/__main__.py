"""`make dev`: a Restate server, the sandbox if there is one, and the service, restarted on change."""

import argparse
import contextlib
import importlib
import importlib.util
import sys

from dev import restate_server
from dev.errors import DevError
from dev.ports import require_free
from dev.process import Process
from dev.project import ROOT, pinned_server_version
from dev.reload import changes
from dev.restate_server import Server
from dev.service import start_service
from dev.signals import interrupt_on_signals
from dev.terminal import say

DATA = ROOT / ".restate"
STOP_SECONDS = 1.0
HAS_SANDBOX = importlib.util.find_spec("dev.provider") is not None  # a project without the shop has none


class Service:
    """The service, started anew with each change; if it does not start, it waits for the next one."""

    def __init__(self, server: Server, port: int, environment: dict[str, str]) -> None:
        self._server = server
        self._port = port
        # what a restart cuts off is retried, so it need not wait for long
        self._environment = {"DRAIN_SECONDS": "0.3", **environment}
        self._process: Process | None = None

    def start(self, because: str) -> None:
        """Starts it, after stopping it if it runs, and registers what it serves now."""
        self.stop()
        try:
            self._process = start_service(self._server, self._port, environment=self._environment)
            self._server.register(self._server.app_url(self._port), force=True)
        except DevError as error:
            say("service", f"{error}; waiting for a change", style="red")
        else:
            say("service", f"http://{self._server.app_host}:{self._port} ({because})")

    def check(self) -> None:
        """Reports its death, once."""
        if self._process and self._process.returncode is not None:
            say("service", f"ended with code {self._process.returncode}; waiting for a change", style="red")
            self._process = None

    def stop(self) -> None:
        if self._process:
            self._process.terminate(STOP_SECONDS)
            self._process = None


def run(options: argparse.Namespace) -> None:
    """Until a signal raises `KeyboardInterrupt`.

    Raises:
        DevError: a port is taken, or the server does not start, or ends.
    """
    require_free(options.ingress_port, "Restate's ingress", "--ingress-port")
    require_free(options.admin_port, "Restate's admin API and UI", "--admin-port")
    require_free(options.service_port, "the service", "--service-port")
    if HAS_SANDBOX:
        require_free(options.sandbox_port, "the sandbox", "--sandbox-port")

    with contextlib.ExitStack() as running:
        server = restate_server.start(ingress_port=options.ingress_port, admin_port=options.admin_port, data=DATA)
        running.enter_context(server)
        say("server", f"Restate {pinned_server_version()} ({server.kind}), data in {DATA.relative_to(ROOT)}/")
        say("ui", server.admin_url)
        say("ingress", server.ingress_url)
        environment = {}
        if HAS_SANDBOX:
            sandbox = importlib.import_module("dev.provider.sandbox").Sandbox(DATA, port=options.sandbox_port)
            running.enter_context(sandbox)
            environment = sandbox.app_environment(server.ingress_url)
            say("sandbox", f"{sandbox.url}/ledger")

        service = Service(server, options.service_port, environment)
        running.callback(service.stop)
        service.start("restarts on change, Ctrl-C stops everything")
        for changed in changes(ROOT):
            if changed:
                service.start(f"changed: {', '.join(sorted(map(str, changed)))}")
            service.check()
            if not server.alive:
                raise DevError(f"the Restate server ended; it said last:\n{server.log_tail()}")


def main() -> int:
    """Exit code 0 after a signal, 1 when something on this machine has to be put right first."""
    parser = argparse.ArgumentParser(prog="python -m dev", description="Runs all that developing needs.")
    ports = {"ingress": 8080, "admin": 9070, "service": 9080} | ({"sandbox": 9090} if HAS_SANDBOX else {})
    for name, port in ports.items():
        parser.add_argument(f"--{name}-port", type=int, default=port, metavar="PORT", help=f"default: {port}")
    options = parser.parse_args()
    interrupt_on_signals()
    try:
        run(options)
    except KeyboardInterrupt:
        say("dev", "stopped")
    except DevError as error:
        say("dev", str(error), style="red")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
