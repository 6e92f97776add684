from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, ClassVar

import httpx

if TYPE_CHECKING:
    from restate import Context, ObjectContext


def numbered(prefix: str, *, width: int = 4) -> str:
    return f"{prefix}-{uuid.uuid4().hex[:width]}"  # BAD: do-VI-1


class Env:
    cached: ClassVar[Env | None] = None

    def __init__(self, url: str) -> None:
        self.url = url

    @classmethod
    def load(cls) -> Env:
        return cls(os.environ["LEDGER_URL"])  # BAD: do-I-3


class Ledger:
    def __init__(self, env: Env) -> None:
        self.env = env

    async def write(self, ctx: Context, amount: int) -> None:
        async def post() -> int:
            async with httpx.AsyncClient() as http:  # OK: in a step
                return (await http.post(self.env.url, json={"amount": amount})).status_code  # OK: in a step

        status = await ctx.run_typed("ledger", post)
        if status >= 500:
            self.alarm(status)

    def alarm(self, status: int) -> None:
        httpx.post("https://alarm.example", json={"status": status})  # BAD: do-I-3


@contextlib.asynccontextmanager
async def audit_trail(ctx: ObjectContext, what: str) -> AsyncIterator[None]:
    ctx.set("audit", f"{what} began")  # OK: before the body
    try:
        yield
    finally:
        await ctx.run_typed("audit", lambda: what)  # BAD: dont-I-1


async def guard(ctx: ObjectContext, guest: str) -> None:
    await ctx.run_typed(f"guard {guest}", lambda: ctx.clear(guest))  # BAD: dont-I-3
