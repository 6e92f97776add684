"""The server as a child process: no Docker needed, and healthy after a fraction of a second."""

import os
import shutil
import tempfile
from pathlib import Path

from dev.ports import free_port
from dev.process import Process, ProcessDied
from dev.project import pinned_server_version
from dev.restate_server import binary
from dev.restate_server.server import NODE, SMALL, Config, ProcessServer

STOP_SECONDS = 1.0


class NativeServer(ProcessServer):
    """Listens on 127.0.0.1 only."""

    kind = "native"

    def __init__(self, config: Config) -> None:
        self._binary = binary.find(config.version or pinned_server_version())
        self._kept = config.data is not None
        self._data = config.data or Path(tempfile.mkdtemp(prefix="restate-"))
        ingress, admin = config.ingress_port or free_port(), config.admin_port or free_port()
        self._environment: dict[str, str | None] = {
            # the shell's own settings are for the user's command line tools, or for another server
            **{name: None for name in os.environ if name.startswith("RESTATE_")},
            **SMALL,
            "RESTATE_BASE_DIR": str(self._data),
            "RESTATE_NODE_NAME": NODE,
            # a path of a socket must be short, and that of a project's directory may not be
            "RESTATE_LISTEN_MODE": "tcp",
            "RESTATE_INGRESS__BIND_ADDRESS": f"127.0.0.1:{ingress}",
            "RESTATE_ADMIN__BIND_ADDRESS": f"127.0.0.1:{admin}",
            "TMPDIR": str(self._data / "tmp"),
            **config.environment,
        }
        super().__init__(f"http://127.0.0.1:{ingress}", f"http://127.0.0.1:{admin}")
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        try:
            self._launch()
        except ProcessDied:  # perhaps somebody took the port for the fabric first, which is a new one each time
            self._launch()

    def _launch(self) -> None:
        (self._data / "tmp").mkdir(parents=True, exist_ok=True)
        fabric = f"127.0.0.1:{free_port()}"
        self.metrics_url = f"http://{fabric}/metrics"
        environment = {
            **self._environment,
            "RESTATE_BIND_ADDRESS": fabric,
            "RESTATE_ADVERTISED_ADDRESS": f"http://{fabric}",
        }
        log = self._data / "server.log"
        self._process = Process("restate-server", [self._binary], log=log, environment=environment)
        try:
            self._process.wait_until_healthy(*self.health_urls)
            self._process.wait_until(self.admin.answers_queries, "answers to queries", timeout=60.0)
        except BaseException:
            self._process.kill()
            raise

    def restart(self) -> None:
        self.kill()
        self._start()

    def stop(self) -> None:
        self.admin.close()
        self._process.terminate(STOP_SECONDS)
        if not self._kept:
            shutil.rmtree(self._data, ignore_errors=True)
