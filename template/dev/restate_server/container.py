"""The server in a container, by way of testcontainers, whose reaper removes what a killed test run leaves."""

import os
import socket
import sys
from typing import Any

import docker.errors
from testcontainers.core.config import ConnectionMode
from testcontainers.core.container import DockerContainer
from testcontainers.core.docker_client import DockerClient

from dev.ports import free_port
from dev.process import ProcessDied, wait_until
from dev.project import pinned_server_version
from dev.restate_server.server import NODE, SMALL, Config, Server, ServerUnavailable

PING_SECONDS = 2
START_SECONDS = 60.0
STOP_SECONDS = 1

DATA = "/restate-data"
HOST = "host.docker.internal"


class EngineUnavailable(ServerUnavailable):
    """No Docker engine on this machine answers."""


class ContainerUnavailable(ServerUnavailable):
    """The engine answers, but cannot make the container: most often it cannot pull the image."""


class DockerServer(Server):
    """Publishes its ports on the loopback interface only."""

    kind = "docker"

    def __init__(self, config: Config) -> None:
        _require_local_engine()
        ingress, admin = config.ingress_port or free_port(), config.admin_port or free_port()
        super().__init__(f"http://127.0.0.1:{ingress}", f"http://127.0.0.1:{admin}")
        self._kept = config.data is not None
        self._container = _container(config, ingress, admin)
        try:
            self._container.start()
            self._wait_until_healthy()
            self.app_host = _app_host(self._container)
        except docker.errors.DockerException as error:
            self.stop()
            message = f"Docker cannot start {self._container.image}: {error}"
            raise ContainerUnavailable(f"{message}; RESTATE_TEST_SERVER=native does without Docker") from error
        except BaseException:
            self.stop()
            raise

    def _wait_until_healthy(self) -> None:
        def healthy() -> bool:
            if not self.alive:
                raise ProcessDied(f"the container of restate-server ended; it said last:\n{self.log_tail()}")
            return self.healthy()

        wait_until(healthy, "healthy answers from restate-server in its container", START_SECONDS)

    def app_url(self, port: int) -> str:
        return f"http://{HOST}:{port}"

    @property
    def alive(self) -> bool:
        container = self._container.get_wrapped_container()
        container.reload()
        return container.status == "running"

    def kill(self) -> None:
        if self.alive:
            self._container.get_wrapped_container().kill()

    def restart(self) -> None:
        self.kill()
        self._container.get_wrapped_container().start()
        self._wait_until_healthy()

    def log_tail(self, lines: int = 20) -> str:
        return self._container.get_wrapped_container().logs(tail=lines).decode(errors="replace")

    def stop(self) -> None:
        self.admin.close()
        if self._kept and self._container._container:
            self._container.get_wrapped_container().stop(timeout=STOP_SECONDS)
        self._container.stop()


def _container(config: Config, ingress: int, admin: int) -> DockerContainer:
    environment = {
        **SMALL,
        "RESTATE_BASE_DIR": DATA,
        "RESTATE_NODE_NAME": NODE,
        **config.environment,
    }
    # so that a service on this machine can be reached: by this name on Linux too
    options: dict[str, Any] = {"extra_hosts": {HOST: "host-gateway"}}
    if config.data and sys.platform == "linux":
        options["user"] = f"{os.getuid()}:{os.getgid()}"  # or the files would belong to root
    container = DockerContainer(f"restatedev/restate:{pinned_server_version()}", env=environment, **options)
    container.with_command("--no-logo")
    # fixed, or they would change with a restart; on loopback, since nothing protects the admin API
    ports: Any = {"8080": ("127.0.0.1", ingress), "9070": ("127.0.0.1", admin)}
    container.ports = ports
    if config.data:
        config.data.mkdir(parents=True, exist_ok=True)
        container.with_volume_mapping(config.data.resolve(), DATA, "rw")
    return container


def _require_local_engine() -> None:
    try:
        engine = DockerClient(timeout=PING_SECONDS)
        engine.client.ping()
        local = engine.host() == "localhost" and engine.get_connection_mode() == ConnectionMode.docker_host
        engine.client.close()
    except docker.errors.DockerException as error:
        raise EngineUnavailable("no Docker engine answers: start one, or install Node.js (npm)") from error
    if not local:
        raise EngineUnavailable("the Docker engine is on another machine, and cannot call services on this one")


def _app_host(container: DockerContainer) -> str:
    """Where what a container sends to `host.docker.internal` arrives.

    With an engine on Linux that is an address of the bridge, which belongs to this machine. Docker Desktop
    and the like run the engine in a virtual machine, and forward to this machine's loopback interface.
    """
    client = container.get_docker_client()
    gateway = client.gateway_ip(container.get_container_id())
    with socket.socket() as probe:
        try:
            probe.bind((gateway, 0))
        except OSError:
            return "127.0.0.1"
    return gateway
