from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from restate import ObjectContext, ObjectSharedContext

from . import layer3 as l3


async def follow(ctx: ObjectContext, text: str) -> str:
    try:
        return await l3.Bottom(ctx).reach(text)
    except Exception:  # BAD: dont-I-1
        return ""


async def read_shared(ctx: ObjectSharedContext, text: str) -> str:
    await l3.write(ctx, text)
    return text


def step_only(text: str) -> str:
    return f"{text}{time.time()}{_both()}"  # OK: only in steps


def not_only_step(text: str) -> str:
    return f"{text}{_both()}"


def _both() -> float:
    return time.time()  # BAD: do-VI-2


async def unused(ctx: ObjectContext) -> None:
    await asyncio.gather(follow(ctx, "a"), follow(ctx, "b"))  # MAY: dont-I-2
