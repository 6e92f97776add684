"""Ports for servers on this machine."""

import os
import random
import socket

from dev.errors import DevError

# From 32768 up, Linux gives ports to outgoing connections: one could take a server's port while it restarts.
CANDIDATES = range(15_000, 32_768)


class PortTaken(DevError):
    """Something else listens on a port that was asked for."""


SHARES = 16
"""Into which the candidates are divided, so that parallel test workers do not meet."""

_given: set[int] = set()


def free_port() -> int:
    """A port below 32768 on which nothing listens, and that this process has not been given before.

    Nothing is reserved: who starts a server must check that it is that server which answers
    (`Process.listens_on`).

    Raises:
        PortTaken: if all of them are taken.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    share = CANDIDATES[worker % SHARES :: SHARES]
    for port in random.SystemRandom().sample(share, len(share)):
        if port not in _given and _is_free(port):
            _given.add(port)
            return port
    raise PortTaken("no free port found between 15000 and 32767")


def require_free(port: int, what: str, option: str) -> int:
    """Returns `port` if nothing listens on it; `what` is to use it, and `option` would choose another.

    Raises:
        PortTaken: with what to do about it.
    """
    if _is_free(port):
        return port
    raise PortTaken(
        f"port {port} for {what} is taken: stop what listens there (lsof -i :{port}), "
        f"or choose another port with {option}"
    )


def _is_free(port: int) -> bool:
    for host in ("127.0.0.1", ""):  # macOS lets the one be bound although the other is
        with socket.socket() as probe:
            # as servers do; without it, connections closed a minute ago would still hold the port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                return False
    return True
