"""The image has what serves, and nothing that is nobody's business; it knows whether it is well."""

import http.server
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from dev.ports import free_port
from dev.project import ROOT


@contextmanager
def answering(status: int) -> Iterator[int]:
    """A server that answers each request with `status`; yields its port."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

    server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def health(port: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deploy.health"]
    return subprocess.run(command, cwd=ROOT, env={"PORT": str(port)}, capture_output=True, text=True, timeout=30)


def test_a_service_that_answers_is_healthy() -> None:
    with answering(200) as port:
        assert health(port).returncode == 0


def test_one_that_fails_or_does_not_answer_is_not() -> None:
    with answering(503) as port:
        failing = health(port)
    assert (failing.returncode, failing.stderr) == (1, "/health answers 503\n")
    silent = health(free_port())
    assert silent.returncode == 1
    assert "nothing answers" in silent.stderr


@pytest.mark.parametrize("secret", [".env", "identity.pem", ".git", "tests", "dev"])
def test_what_is_not_named_stays_out_of_the_image(secret: str) -> None:
    """An allow list: `*` first, and nothing that lets this back in."""
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert f"!{secret}" not in rules


def test_every_module_that_serves_is_in_the_image() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"dev", "guidelines", "tests", "deploy"}
    modules = {path.name for path in ROOT.glob("*.py")}
    assert packages | modules <= allowed, "add it to .dockerignore"
