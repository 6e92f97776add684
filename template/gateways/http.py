"""What the HTTP gateways share."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx

CALL_TIMEOUT = httpx.Timeout(10.0)
CALLS = 100
"""Calls of one gateway that are under way at once; others wait for their turn."""


class HttpClient(httpx.AsyncClient):
    """httpx, with turns instead of a limit on connections.

    Whoever is cancelled while waiting for one of a limited number of connections takes it along for ever, until each
    call ends with `PoolTimeout` (https://github.com/encode/httpcore/issues/1093). And what runs is cancelled whenever
    its connection to Restate breaks. A turn is not lost.
    """

    def __init__(self, base_url: str) -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=CALLS)
        super().__init__(base_url=base_url, timeout=CALL_TIMEOUT, limits=limits)
        self._turns = asyncio.Semaphore(CALLS)

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        async with self._turns:
            return await super().send(request, **options)


class Busy(Exception):
    """The other side answered 429 or 503; `retry_after` is what its `Retry-After` header asks for, if it has one."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(f"{response.request.url.host} is busy ({response.status_code})")
        seconds = response.headers.get("retry-after", "")
        self.retry_after = timedelta(seconds=int(seconds)) if seconds.isdecimal() else None


def raise_if_busy(response: httpx.Response) -> None:
    """Raises:
    Busy: for 429 and 503.
    """
    if response.status_code in (429, 503):
        raise Busy(response)
