"""A server that somebody else started, and will stop."""

import httpx

from dev.process import wait_until
from dev.restate_server.server import Config, Server, ServerUnavailable


class RunningServer(Server):
    """From "INGRESS,ADMIN" or "INGRESS,ADMIN,HOST"; HOST is how the server reaches this machine."""

    kind = "running"

    def __init__(self, urls: str, config: Config) -> None:
        ingress, admin, *host = (part.strip() for part in urls.split(","))
        if len(host) > 1 or not all(map(_is_url, (ingress, admin))):
            raise ServerUnavailable(
                f"RESTATE_TEST_SERVER={urls}: give the URLs of ingress and admin API, such as "
                "http://127.0.0.1:8080,http://127.0.0.1:9070, and after another comma the name by which a "
                "server in a container reaches this machine, such as host.docker.internal"
            )
        if config != Config():
            raise ServerUnavailable(f"the server at {admin} has its own settings, ports and data already")
        super().__init__(ingress, admin)
        self._host = host[0] if host else "127.0.0.1"
        self.app_host = "0.0.0.0" if host else "127.0.0.1"
        wait_until(self.healthy, f"healthy answers from {ingress} and {admin} (RESTATE_TEST_SERVER)")

    def app_url(self, port: int) -> str:
        return f"http://{self._host}:{port}"

    @property
    def alive(self) -> bool:
        return self.healthy()

    def kill(self) -> None:
        raise ServerUnavailable(f"the server at {self.admin_url} was not started here, so it is not killed here")

    def restart(self) -> None:
        self.kill()

    def log_tail(self, lines: int = 20) -> str:
        return ""

    def stop(self) -> None:
        self.admin.close()


def _is_url(text: str) -> bool:
    try:
        return httpx.URL(text).scheme in ("http", "https")
    except httpx.InvalidURL:
        return False
