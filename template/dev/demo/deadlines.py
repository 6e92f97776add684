"""No wait without an end."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from dev.process import POLL_SECONDS, NotInTime

T = TypeVar("T")

WAIT_SECONDS = 20.0
"""Longest wait for any one thing."""


async def in_time(step: Awaitable[T], what: str) -> T:
    """The result of `step`.

    Raises:
        NotInTime: names `what`.
    """
    try:
        return await asyncio.wait_for(step, WAIT_SECONDS)
    except TimeoutError:
        raise NotInTime(f"not within {WAIT_SECONDS:g} s: {what}") from None


async def eventually(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    """Returns as soon as `condition()` is true; asks again and again.

    Raises:
        NotInTime: names `what`.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    while not await in_time(condition(), what):
        if time.monotonic() > deadline:
            raise NotInTime(f"not within {WAIT_SECONDS:g} s: {what}")
        await asyncio.sleep(POLL_SECONDS)
