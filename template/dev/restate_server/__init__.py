"""A real Restate server of the pinned version: in a container, native, or one that already runs."""

import os
import warnings
from collections.abc import Mapping
from pathlib import Path

from dev.restate_server.native import NativeServer
from dev.restate_server.running import RunningServer
from dev.restate_server.server import Config, Server, ServerUnavailable

__all__ = ["Server", "ServerUnavailable", "start"]


def start(
    kind: str | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    ingress_port: int | None = None,
    admin_port: int | None = None,
    data: Path | None = None,
    version: str | None = None,
) -> Server:
    """Starts a server and returns once its ingress and its admin API are healthy. Use it in a `with` block.

    Args:
        kind: "docker", "native", "auto", or the URLs of a server that runs: "INGRESS,ADMIN" or
            "INGRESS,ADMIN,HOST" with the name by which it reaches this machine. Without it,
            $RESTATE_TEST_SERVER decides, and without that it is "auto": Docker if an engine answers that
            has the image or can get it, else native.
        environment: more settings for the server, as `RESTATE_*` variables. They lose against what a service
            declares in code; see `Admin.patch_service`.
        ingress_port: else a free one.
        admin_port: else a free one.
        data: a directory that is kept; else a temporary one, removed by `stop`.
        version: else the pinned one.

    Raises:
        ServerUnavailable: with what to install or to set.
        ProcessDied, NotInTime: the server does not come up; with the end of its log.
    """
    kind = kind or os.environ.get("RESTATE_TEST_SERVER") or "auto"
    config = Config(dict(environment or {}), ingress_port, admin_port, data, version)
    if "," in kind:
        return RunningServer(kind, config)
    if kind == "native":
        return NativeServer(config)
    if kind == "docker":
        from dev.restate_server.container import DockerServer  # loads slowly, and is not always needed

        return DockerServer(config)
    if kind == "auto":
        return _docker_or_native(config)
    raise ServerUnavailable(
        f"'{kind}' is no kind of server: RESTATE_TEST_SERVER must be auto, docker, native, "
        "or two URLs such as http://127.0.0.1:8080,http://127.0.0.1:9070 (ingress, admin)"
    )


def _docker_or_native(config: Config) -> Server:
    from dev.restate_server.container import ContainerUnavailable, DockerServer, EngineUnavailable

    try:
        return DockerServer(config)
    except EngineUnavailable:
        pass
    except ContainerUnavailable as error:
        warnings.warn(f"using the native server: {error}", stacklevel=3)
    return NativeServer(config)
