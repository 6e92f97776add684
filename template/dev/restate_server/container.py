"""The server in a container, by way of testcontainers, whose reaper removes what a killed test run leaves."""

import contextlib
import http.client
import json
import os
import socket
import sys
from typing import Any
from urllib.parse import urlsplit

import docker
import docker.errors
from docker.models.containers import Container
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.docker_client import DockerClient, get_docker_host
from testcontainers.core.utils import inside_container

from dev.ports import free_port
from dev.process import NotInTime, ProcessDied, wait_until
from dev.project import pinned_server_version
from dev.restate_server.server import NODE, SMALL, Config, Server, ServerUnavailable

ANSWER_SECONDS = 3
START_SECONDS = 60.0
REACH_SECONDS = 5.0
STOP_SECONDS = 1

DATA = "/restate-data"
HOST = "host.docker.internal"
LOOPBACK = "127.0.0.1"

WITHOUT_DOCKER = "RESTATE_TEST_SERVER=native does without Docker"
WITHOUT_REAPER = "TESTCONTAINERS_RYUK_DISABLED=true does without it, but what is killed then leaves its containers"


class EngineUnavailable(ServerUnavailable):
    """No Docker engine answers, or its containers and this machine cannot reach each other."""


class ContainerUnavailable(ServerUnavailable):
    """The engine answers, but cannot make the container: most often it cannot pull an image."""


class DockerServer(Server):
    """Publishes its ports on the loopback interface only."""

    kind = "docker"

    def __init__(self, config: Config) -> None:
        _require_local_engine()
        ingress, admin = config.ingress_port or free_port(), config.admin_port or free_port()
        super().__init__(f"http://{LOOPBACK}:{ingress}", f"http://{LOOPBACK}:{admin}")
        self._kept = config.data is not None
        self._wrapper = _configured(config, ingress, admin)
        try:
            _pull_what_is_missing(self._wrapper)
            self._wrapper.start()
            self.app_host = _app_host(self._container)
            self._wait_until_healthy()
            self._require_way_back()
        except (docker.errors.DockerException, OSError) as error:
            self._remove()
            message = f"Docker cannot run {self._wrapper.image}: {_reason(error)}; {WITHOUT_DOCKER}"
            raise ContainerUnavailable(message) from error
        except BaseException:
            self._remove()
            raise

    @property
    def _container(self) -> Container:
        return self._wrapper.get_wrapped_container()

    def _wait_until_healthy(self) -> None:
        def healthy() -> bool:
            if not self.alive:
                raise ProcessDied(f"the container of restate-server ended; it said last:\n{self.log_tail()}")
            return self.healthy()

        try:
            wait_until(healthy, "healthy answers from restate-server in its container", START_SECONDS)
        except NotInTime as error:
            raise NotInTime(f"{error}; it said last:\n{self.log_tail()}") from None

    def _require_way_back(self) -> None:
        """Makes the server call this machine, which a firewall might prevent: it looks for a service that is not there.

        Raises:
            ContainerUnavailable: the call does not arrive.
        """
        port = free_port()
        with (
            socket.create_server((self.app_host, port)) as service,
            contextlib.closing(http.client.HTTPConnection(self.admin_url.removeprefix("http://"))) as admin,
        ):
            service.settimeout(REACH_SECONDS)
            body = json.dumps({"uri": self.app_url(port), "dry_run": True})
            admin.request("POST", "/v3/deployments", body, {"content-type": "application/json"})
            try:
                service.accept()[0].close()
            except TimeoutError as error:
                raise ContainerUnavailable(
                    f"calls from Docker's containers do not arrive at {self.app_host}: let them through the firewall "
                    f"(such as 'ufw allow in on docker0'); {WITHOUT_DOCKER}"
                ) from error

    def app_url(self, port: int) -> str:
        return f"http://{HOST}:{port}"

    @property
    def alive(self) -> bool:
        with contextlib.suppress(docker.errors.NotFound):  # somebody else removed it
            self._container.reload()
            return self._container.status == "running"
        return False

    def kill(self) -> None:
        if self.alive:
            self._container.kill()

    def restart(self) -> None:
        self.kill()
        self._container.start()
        self._wait_until_healthy()

    def log_tail(self, lines: int = 20) -> str:
        with contextlib.suppress(docker.errors.NotFound):
            return self._container.logs(tail=lines).decode(errors="replace").rstrip()
        return ""

    def stop(self) -> None:
        if self._kept and self.alive:
            self._container.stop(timeout=STOP_SECONDS)
        self._remove()

    def _remove(self) -> None:
        self.admin.close()
        with contextlib.suppress(docker.errors.NotFound):
            self._wrapper.stop()


def _configured(config: Config, ingress: int, admin: int) -> DockerContainer:
    container = DockerContainer(f"restatedev/restate:{config.version or pinned_server_version()}").with_command(
        "--no-logo"
    )
    container.env = {
        **SMALL,
        "RESTATE_BASE_DIR": DATA,
        "RESTATE_NODE_NAME": NODE,
        **config.environment,
    }
    # fixed, or they would change with a restart; on loopback, since nothing protects the admin API
    ports: Any = {"8080": (LOOPBACK, ingress), "9070": (LOOPBACK, admin)}
    container.ports = ports
    options: dict[str, Any] = {
        # so that a service on this machine can be reached: by this name on Linux too
        "extra_hosts": {HOST: "host-gateway"},
        # whose gateway that is; testcontainers would choose another network if it runs in a container itself
        "network": "bridge",
    }
    if config.data:
        config.data.mkdir(parents=True, exist_ok=True)
        container.with_volume_mapping(str(config.data.resolve()), DATA, "rw")
        if sys.platform == "linux":
            options["user"] = f"{os.getuid()}:{os.getgid()}"  # or the files would belong to root
    return container.with_kwargs(**options)


def _require_local_engine() -> None:
    """Asks the engine, which takes milliseconds, and at most a few seconds if it is there and hangs.

    Raises:
        EngineUnavailable: none answers, or its containers cannot call services on this machine.
    """
    url = urlsplit(get_docker_host() or "unix://")
    if url.scheme not in ("unix", "npipe") and url.hostname not in ("localhost", LOOPBACK, "::1"):
        raise EngineUnavailable(f"the Docker engine is on another machine ({url.geturl()}); {WITHOUT_DOCKER}")
    try:
        with contextlib.closing(DockerClient(timeout=ANSWER_SECONDS).client) as engine:
            security: list[str] = engine.info().get("SecurityOptions") or []
    except (docker.errors.DockerException, OSError) as error:
        raise EngineUnavailable(f"no Docker engine answers ({_reason(error)}): start one; {WITHOUT_DOCKER}") from error
    if any("rootless" in option for option in security):
        raise EngineUnavailable(f"a rootless Docker engine hides this machine from its containers; {WITHOUT_DOCKER}")


def _pull_what_is_missing(container: DockerContainer) -> None:
    """Gets the images of the server and of the reaper, unless the engine has them.

    Raises:
        ContainerUnavailable: names the image that cannot be had, and what does without it.
    """
    wanted = {container.image: WITHOUT_DOCKER}
    if not testcontainers_config.ryuk_disabled:
        wanted[testcontainers_config.hub_image_name_prefix + testcontainers_config.ryuk_image] = WITHOUT_REAPER
    images = container.get_docker_client().client.images
    for image, without in wanted.items():
        try:
            images.get(image)
        except docker.errors.ImageNotFound:
            try:
                images.pull(image)
            except (docker.errors.DockerException, OSError) as error:
                raise ContainerUnavailable(
                    f"Docker has no image {image}, and cannot pull it ({_reason(error)}): "
                    f"run 'docker pull {image}' when online; {without}"
                ) from error


def _app_host(container: Container) -> str:
    """Where what a container sends to `host.docker.internal` arrives.

    With an engine on Linux that is an address of the bridge, which belongs to this machine. Docker Desktop
    and the like run the engine in a virtual machine, and forward to this machine's loopback interface.

    Raises:
        EngineUnavailable: this is a container, and the engine is outside of it.
    """
    container.reload()
    (network,) = container.attrs["NetworkSettings"]["Networks"].values()
    with socket.socket() as probe:
        try:
            probe.bind((network["Gateway"], 0))
        except OSError as error:
            if inside_container():
                raise EngineUnavailable(
                    f"this is a container, and cannot be reached from those that Docker starts; {WITHOUT_DOCKER}"
                ) from error
            return LOOPBACK
    return str(network["Gateway"])


def _reason(error: BaseException) -> str:
    if isinstance(error, docker.errors.APIError) and error.explanation:
        return str(error.explanation)
    while error.__context__:  # what the libraries wrap around it says less
        error = error.__context__
    return str(error)
