from __future__ import annotations

import getpass
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import restate


class Stamped:
    def stamp(self) -> str:
        return self._format(time.localtime())  # BAD: do-VI-2

    def _format(self, value: time.struct_time) -> str:
        return time.strftime("%Y", value)  # OK: of a given time


class Clocked:
    def tick(self) -> str:
        return self._now()

    def _now(self) -> str:
        return time.strftime("%H")  # BAD: do-VI-2


class Quiet(Clocked):
    def _now(self) -> str:
        return "now"  # OK: pure


async def walk(ctx: "restate.ObjectContext", depth: int) -> None:
    if depth:
        await _left(ctx, depth - 1)


async def _left(ctx: restate.ObjectContext, depth: int) -> None:
    getpass.getuser()  # BAD: do-I-3
    await walk(ctx, depth)
