"""A small service as source code, served under one address in one version after another."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from dev.ports import free_port
from dev.process import Process
from dev.restate_server import Server
from guidelines.replay import endpoint
from guidelines.replay.admin import Admin
from guidelines.replay.journal import Journal

PATIENCE = 15.0


def eventually(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.05)


def app_of(folder: Path, source: str) -> Any:
    """The app that a source makes, loaded as the command loads a project's."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "app.py").write_text(source)
    return endpoint.load(folder)


class Serving:
    """Serves a source; `swap` puts another one under the same address, as an update in place does."""

    def __init__(self, server: Server, folder: Path, source: str) -> None:
        self.server, self.folder, self.port = server, folder, free_port()
        self._process = self._start(source)

    def __enter__(self) -> "Serving":
        self.server.register(self.server.app_url(self.port))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()

    def swap(self, source: str) -> None:
        self._process.kill()
        self._process = self._start(source)

    def send(self, path: str, body: object) -> str:
        """Sends to a handler, bytes as they are and all else as JSON; returns the invocation id."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"content-type": "application/json", "user-agent": "a test"}
        url = f"{self.server.ingress_url}/{path}/send"
        answer = httpx.post(url, content=content, headers=headers, trust_env=False)
        return str(answer.raise_for_status().json()["invocationId"])

    def journal(self, invocation_id: str, entries: int) -> Journal:
        """Its journal, once it has so many entries."""
        found: list[Journal] = []

        def complete() -> bool:
            found[:] = [journal for journal in [Admin(self.server.admin_url).journal(invocation_id)] if journal]
            return bool(found) and len(found[0].entries) == entries

        eventually(
            complete, f"{invocation_id} has {entries} entries; it has {[e.type for f in found for e in f.entries]}"
        )
        return found[0]

    def _start(self, source: str) -> Process:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "app.py"
        path.write_text(source)
        bind = f"{self.server.app_host}:{self.port}"
        # -B, or a version of the same second and size would be taken for the one before it
        command = [sys.executable, "-B", "-m", "hypercorn", f"{path}:app", "--bind", bind]
        process = Process("app", command, log=self.folder / "app.log")
        process.wait_until_healthy(f"http://{bind}/health")
        return process
