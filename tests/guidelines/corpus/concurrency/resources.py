"""Process-wide resources: plain asyncio, no handlers."""
import asyncio
import contextlib
import os
from collections.abc import AsyncIterator

import httpx

POOL_SIZE = int(os.environ.get("POOL_SIZE", "10"))  # OK: module level
_lock = asyncio.Lock()  # OK: module level
_pools: dict[str, httpx.AsyncClient] = {}


async def warm() -> None:
    async with asyncio.timeout(10):  # OK: process start-up
        await asyncio.gather(*(_open(name) for name in {"a", "b"}))  # OK: process start-up


async def _open(name: str) -> None:
    async with _lock:
        _pools[name] = httpx.AsyncClient(base_url=os.environ[name])  # OK: process start-up


@contextlib.asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    refresher = asyncio.create_task(_refresh())  # OK: lifespan
    try:
        yield
    finally:
        refresher.cancel()
        await asyncio.gather(*(pool.aclose() for pool in _pools.values()), return_exceptions=True)  # OK: lifespan


async def _refresh() -> None:
    while True:  # OK: not a handler
        try:
            await asyncio.sleep(60)  # OK: not a handler
            await warm()
        except Exception:  # OK: not a handler
            pass
