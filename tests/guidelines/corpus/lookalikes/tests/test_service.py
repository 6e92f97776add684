import asyncio
import random
import time
import uuid

import httpx


class FakeContext:
    def __init__(self) -> None:
        self.state: dict = {}

    async def run_typed(self, name, action, options=None, *args, **kwargs):
        await asyncio.sleep(0)  # OK: a test double
        return action(*args, **kwargs)

    async def time(self):
        return time.time()  # OK: a test double

    def uuid(self):
        return uuid.uuid4()  # OK: a test double


async def test_search():
    ctx = FakeContext()
    await asyncio.gather(ctx.run_typed("a", lambda: 1), ctx.run_typed("b", lambda: random.random()))  # OK: a test
    try:
        await ctx.run_typed("c", lambda: 1 / 0)
    except Exception:  # OK: a test
        pass
    httpx.get("http://localhost:8080/restate/health")  # OK: a test
