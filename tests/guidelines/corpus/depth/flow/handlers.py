"""Six calls deep, over packages, with keyword contexts and renamed modules."""
from __future__ import annotations

import restate
from pydantic import BaseModel

from flow import layer1 as first
from flow.layer1 import Pipeline as Line

__all__ = ["depth", "go", "go_well", "shared_go"]
depth = restate.VirtualObject("Depth")


class In(BaseModel):
    text: str


class Out(BaseModel):
    text: str


@depth.handler()
async def go(ctx: restate.ObjectContext, req: In) -> Out:
    text = await first.enter(request=req, context=ctx)
    text += await Line.create(ctx).run(req.text)
    return Out(text=text)


@depth.handler()
async def go_well(ctx: restate.ObjectContext, req: In) -> Out:
    return Out(text=await ctx.run_typed("all", first.pure_chain, text=req.text))  # OK: the whole chain is in a step


@depth.handler(kind="shared")
async def shared_go(ctx: restate.ObjectSharedContext, req: In) -> Out:
    return Out(text=await first.enter_shared(req.text, ctx))
