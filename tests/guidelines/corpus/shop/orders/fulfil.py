from __future__ import annotations

import asyncio
from datetime import timedelta

import aiohttp
import restate


async def fulfil(ctx: restate.Context, order_id: str) -> None:
    await _reserve(ctx, order_id)
    await _ship(order_id, context=ctx)


async def _reserve(c: restate.Context, order_id: str) -> None:
    await asyncio.sleep(0.1)  # BAD: do-I-3
    await c.sleep(timedelta(seconds=1))  # OK: durable timer in a service


async def _ship(order_id: str, *, context: restate.Context) -> None:
    async def post() -> str:
        async with aiohttp.ClientSession() as http:  # OK: nested step function
            response = await http.post("https://carrier.example/shipments", json={"order": order_id})  # OK: nested step function
            return await response.text()

    async def track() -> str:
        async with aiohttp.ClientSession() as http:  # MAY: do-I-3
            return await (await http.get("https://carrier.example/track")).text()  # BAD: do-I-3

    await context.run_typed("ship", post)  # OK: async nested function
    await track()
