"""The service of this project as a child process: `python -m serve`."""

import sys
from collections.abc import Mapping
from pathlib import Path

from dev.process import Process
from dev.restate_server import Server


def start_service(
    server: Server, port: int, *, log: Path | None = None, environment: Mapping[str, str] | None = None
) -> Process:
    """Starts the service where `server` can reach it, and waits until it is healthy. Does not register it.

    Without `log` it prints to the terminal. `environment` has more settings.

    Raises:
        ProcessDied, NotInTime: it does not come up; with the end of its log.
    """
    settings = {"HOST": server.app_host, "PORT": str(port), "INGRESS_URL": server.ingress_url}
    settings.update(environment or {})
    service = Process("service", [sys.executable, "-m", "serve"], log=log, environment=settings)
    return service.once_healthy(f"http://{server.app_host}:{port}/health")
