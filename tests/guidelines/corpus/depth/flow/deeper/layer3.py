from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from restate import RunOptions

if TYPE_CHECKING:
    from restate import ObjectContext


class Bottom:
    def __init__(self, ctx: ObjectContext) -> None:
        self.c = ctx

    async def reach(self, text: str) -> str:
        here = os.getcwd()  # BAD: do-I-3
        for part in {*text.split()}:  # BAD: dont-I-5
            await self.c.run_typed(part, str.upper, RunOptions(), part)
        await asyncio.gather(self._left(), self._right())  # BAD: dont-I-2
        return here

    async def _left(self) -> None:
        await self.c.run_typed("left", str)

    async def _right(self) -> None:
        await self.c.run_typed("right", lambda: self.c.set("x", 1))  # BAD: dont-I-3


async def write(ctx: ObjectContext, text: str) -> None:
    ctx.set("text", text)  # BAD: do-IV-4
