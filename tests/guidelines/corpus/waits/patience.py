from datetime import timedelta
from typing import TypeVar

import restate
from pydantic import BaseModel
from restate import Context, RestateDurableFuture, TerminalError, WorkflowContext

T = TypeVar("T")


async def within(ctx: Context, future: RestateDurableFuture[T], patience: timedelta) -> T:
    name, value = await restate.select(result=future, timeout=ctx.sleep(patience))  # OK: this is the deadline
    if name == "timeout":
        raise TerminalError("too late", status_code=408)
    return value


async def ask(ctx: WorkflowContext, name: str) -> "BaseModel":
    return await ctx.promise(name)  # WARN: do-V-8
