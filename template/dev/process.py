"""A child process that is watched, and never outlives its parent."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Self

import httpx
import psutil

from dev.errors import DevError
from dev.project import ROOT

POLL_SECONDS = 0.02

# The end of its standard input is the end of this process, even by SIGKILL, when nothing here can clean up.
GUARD = 'read -r _; kill -s KILL -- "-$1"'


class ProcessDied(DevError):
    """A child ended that should still run."""


class NotInTime(DevError):
    """Something did not happen before its deadline."""


class Ended(NamedTuple):
    """How a child ended: `seconds` after the signal; `returncode` as in `subprocess`, so -9 when killed."""

    seconds: float
    returncode: int


def wait_until(check: Callable[[], bool], what: str, timeout: float = 10.0) -> None:
    """Returns as soon as `check()` is true; asks again and again for `timeout` seconds.

    Raises:
        NotInTime: names `what`.
    """
    deadline = time.monotonic() + timeout
    while not check():
        if time.monotonic() > deadline:
            raise NotInTime(f"not within {timeout:g} s: {what}")
        time.sleep(POLL_SECONDS)


def answers(url: str) -> bool:
    """Whether a GET is answered with 200 within a second, without going through a proxy."""
    try:
        # loading certificates would make each call 20 ms slower, for nothing
        return httpx.get(url, timeout=1.0, trust_env=False, verify=False).status_code == 200
    except httpx.HTTPError:
        return False


class Process:
    """Starts `command` in the project's directory, in a process group of its own: Ctrl-C does not reach it,
    and `kill` reaches its children too.

    `environment` comes on top of this process's own, and None takes a variable away. What the child prints is
    appended to `log`; without one it goes to the terminal.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path | None = None,
        environment: Mapping[str, str | None] | None = None,
    ) -> None:
        self.name = name
        self.log = log
        variables: dict[str, str | None] = {**os.environ, **(environment or {})}
        with contextlib.ExitStack() as files:
            output = None
            if log:
                log.parent.mkdir(parents=True, exist_ok=True)
                output = files.enter_context(log.open("ab"))
            self._child = subprocess.Popen(
                [str(part) for part in command],
                cwd=ROOT,
                env={name: value for name, value in variables.items() if value is not None},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                start_new_session=True,
            )
        guard = ["/bin/sh", "-c", GUARD, "guard", str(self.pid)]
        self._guard = subprocess.Popen(guard, stdin=subprocess.PIPE, start_new_session=True)

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs."""
        return self._child.poll()

    def wait_until(self, check: Callable[[], bool], what: str, timeout: float = 10.0) -> None:
        """Like the function of this name, for something this child is to bring about.

        Raises:
            ProcessDied: as soon as the child ends, with the end of its log.
            NotInTime: with the end of its log.
        """

        def check_while_alive() -> bool:
            if self.returncode is not None:
                raise ProcessDied(f"{self.name} ended with code {self.returncode}{self._said()}")
            return check()

        try:
            wait_until(check_while_alive, what, timeout)
        except NotInTime as error:
            raise NotInTime(f"{self.name}: {error}{self._said()}") from None

    def wait_until_healthy(self, *urls: str, timeout: float = 30.0) -> None:
        """Waits until this child, and not a stranger who had the port first, answers each of `urls` with 200.

        Raises:
            ProcessDied, NotInTime: as in `wait_until`.
        """

        def healthy() -> bool:
            return all(answers(url) and self.listens_on(httpx.URL(url).port or 80) for url in urls)

        self.wait_until(healthy, f"a healthy answer of its own from {' and '.join(urls)}", timeout)

    def once_healthy(self, *urls: str) -> Self:
        """Itself, once it is healthy; if that fails, it is killed first.

        Raises:
            ProcessDied, NotInTime: as in `wait_until`.
        """
        try:
            self.wait_until_healthy(*urls)
        except BaseException:
            self.kill()
            raise
        return self

    def listens_on(self, port: int) -> bool:
        """Whether it is this process, or a child of it, that listens on a TCP port."""
        try:
            leader = psutil.Process(self.pid)
            connections = [c for p in (leader, *leader.children(recursive=True)) for c in p.net_connections("tcp")]
        except psutil.NoSuchProcess:
            return False
        return any(c.status == psutil.CONN_LISTEN and c.laddr.port == port for c in connections)

    def kill(self) -> None:
        """SIGKILL to the whole group: nobody gets to clean up, as in a crash. Harmless if it has ended."""
        with contextlib.suppress(ProcessLookupError, PermissionError):  # the latter: zombies on macOS
            os.killpg(self.pid, signal.SIGKILL)
        self._child.wait()
        self._guard.kill()
        self._guard.communicate()

    def terminate(self, timeout: float = 10.0) -> Ended:
        """SIGTERM; after `timeout` seconds, SIGKILL to the whole group."""
        started = time.monotonic()
        self._child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(timeout)
        ended = time.monotonic() - started
        self.kill()  # what it left behind
        return Ended(ended, self._child.wait())

    def tail(self, lines: int = 20) -> str:
        """The last lines of its log; empty if it prints to the terminal."""
        text = self.log.read_text(errors="replace") if self.log and self.log.is_file() else ""
        return "\n".join(text.splitlines()[-lines:])

    def _said(self) -> str:
        said = self.tail()
        return f"; it said last:\n{said}" if said else ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.kill()
