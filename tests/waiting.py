"""Waits with a deadline."""

import time
from collections.abc import Callable

import httpx


def eventually(condition: Callable[[], bool], what: str, within: float = 30) -> None:
    """Returns as soon as the condition holds.

    Raises:
        AssertionError: names `what` after `within` seconds.
    """
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not within {within:g} s: {what}"
        time.sleep(0.05)


def answered(url: str, within: float = 30) -> bool:
    """Whether a GET is answered with 200 within so many seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            if httpx.get(url, trust_env=False).status_code == 200:
                return True
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    return False
