"""What every kind of server can do."""

import abc
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from dev.admin import Admin
from dev.errors import DevError
from dev.process import Process, answers

NODE = "dev"
"""Name of the only node. It must not change as long as a data directory is used."""

# A laptop runs several of these at once, and the defaults are made for production.
SMALL = {
    "RESTATE_DEFAULT_NUM_PARTITIONS": "1",
    # counted by partition, of which a server has 24 where nobody says otherwise
    "RESTATE_WORKER__INVOKER__CONCURRENT_INVOCATIONS_LIMIT": "24000",
    "RESTATE_ROCKSDB_TOTAL_MEMORY_SIZE": "32MB",
    "RESTATE_ADMIN__QUERY_ENGINE__MEMORY_SIZE": "64MB",
    "RESTATE_BIFROST__RECORD_CACHE_MEMORY_SIZE": "8MB",
    "RESTATE_DISABLE_TELEMETRY": "true",
    # octocrab asks for the latest release, telemetry or not, and complains when offline; query_utils repeats
    # what the client is told
    "RESTATE_LOG_FILTER": "warn,octocrab=off,restate_admin::query_utils=off",
    "RESTATE_LOG_DISABLE_ANSI_CODES": "true",
    "RESTATE_SHUTDOWN_TIMEOUT": "2s",
}


class ServerUnavailable(DevError):
    """No server of the kind asked for can be started here."""


@dataclass(frozen=True)
class Config:
    """As in `start`."""

    environment: dict[str, str] = field(default_factory=dict)
    ingress_port: int | None = None
    admin_port: int | None = None
    data: Path | None = None
    version: str | None = None


class Server(abc.ABC):
    """A server that came up healthy. `app_host` is where services must listen for it to reach them."""

    kind: str
    app_host: str = "127.0.0.1"

    def __init__(self, ingress_url: str, admin_url: str) -> None:
        self.ingress_url = ingress_url.rstrip("/")
        self.admin_url = admin_url.rstrip("/")
        self.admin = Admin(self.admin_url)
        self.health_urls = (f"{self.ingress_url}/restate/health", f"{self.admin_url}/health")

    @abc.abstractmethod
    def app_url(self, port: int) -> str:
        """The URI of a service on this machine, as the server sees it."""

    @property
    @abc.abstractmethod
    def alive(self) -> bool:
        """Whether it still runs; health is another matter."""

    def healthy(self) -> bool:
        """Whether ingress and admin API answer, and queries too: after a restart those come last."""
        return all(answers(url) for url in self.health_urls) and self.admin.answers_queries()

    @abc.abstractmethod
    def kill(self) -> None:
        """Ends it without a chance to clean up, as a crash does. Its data stays."""

    @abc.abstractmethod
    def restart(self) -> None:
        """Starts it again with the same data and URLs, killing it first if it runs; waits until healthy."""

    @abc.abstractmethod
    def log_tail(self, lines: int = 20) -> str:
        """The last lines it logged."""

    @abc.abstractmethod
    def stop(self) -> None:
        """Ends it within three seconds, and removes its data unless it has a directory to keep."""

    def register(self, uri: str, *, use_http_11: bool = False, force: bool = False) -> str:
        """Registers the service behind `uri` (`app_url(port)`) and returns the deployment's id.

        A URI that is known is not looked at again, unless `force` replaces what is registered there. That
        breaks invocations in flight, and is for reloading during development only (dont-III-1).

        Raises:
            AdminError: the server cannot reach the service, or refuses it.
        """
        # /v3, since the meaning of a missing "force" depends on the version of the API
        body = {"uri": uri, "force": force, "use_http_11": use_http_11}
        return str(self.admin.request("POST", "/v3/deployments", body)["id"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()


class ProcessServer(Server):
    """A server that is a process on this machine; whoever starts it sets `_process`."""

    _process: Process

    def app_url(self, port: int) -> str:
        return f"http://127.0.0.1:{port}"

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    def kill(self) -> None:
        self._process.kill()

    def log_tail(self, lines: int = 20) -> str:
        return self._process.tail(lines)
