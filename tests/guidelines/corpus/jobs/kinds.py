from __future__ import annotations

import abc
import asyncio
import datetime
import random
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from restate import Context, RunOptions


class Kind(abc.ABC):
    name: ClassVar[str]

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    @abc.abstractmethod
    async def work(self, args: Sequence[str]) -> str: ...

    async def execute(self, args: Sequence[str]) -> str:
        started = self.before()
        text = await self.work(args)
        return f"{started}{text}"

    def before(self) -> str:
        return datetime.datetime.today().isoformat()  # BAD: do-VI-2


class Import(Kind):
    async def work(self, args: Sequence[str]) -> str:
        random.shuffle(list(args))  # BAD: do-VI-1
        return await self.ctx.run_typed("import", self._read, RunOptions(), args[0])  # OK: in a step

    def _read(self, host: str) -> str:
        return socket.gethostbyname(host)  # OK: only in a step


class Export(Kind):
    async def work(self, args: Sequence[str]) -> str:
        step = self._write
        return await self.ctx.run_typed("export", step, RunOptions(), args[0])  # OK: in a step

    async def _write(self, host: str) -> str:
        await asyncio.sleep(1)  # OK: only in a step
        return await self.ctx.run_typed("nested", str, RunOptions(), host)  # BAD: dont-I-3


class Report(Kind):
    def before(self) -> str:
        return ""

    async def work(self, args: Sequence[str]) -> str:
        return await self.ctx.run_typed("report", lambda: {"at": datetime.datetime.now(), "args": args})  # BAD: do-I-3|do-IV-6


class Unused(Kind):
    async def work(self, args: Sequence[str]) -> str:
        return socket.gethostname()  # MAY: do-I-3


KINDS: dict[str, type[Kind]] = {"import": Import, "export": Export}


async def extra(ctx: Context, args: Sequence[str]) -> str:
    await asyncio.to_thread(print, "x")  # BAD: dont-I-2|do-I-3
    return ""


def handler_for(name: str) -> Callable[[Context, Sequence[str]], Awaitable[str]]:
    return {"xtra": extra}.get(name, extra)
