"""Exclusive handlers that wait for their own key, in disguise."""
import restate
from pydantic import BaseModel
from restate import Context, ObjectContext, ObjectSharedContext

import other

graph = restate.VirtualObject("Graph")
relay = restate.Service("Relay")


class Node(BaseModel):
    id: str


@graph.handler()
async def visit(ctx: ObjectContext, node: Node) -> None:
    await ctx.object_call(visit, key=ctx.key(), arg=node)  # BAD: dont-II-1
    await refresh(ctx, ctx.key())
    await Visitor(ctx, node).go()
    target = {"mark": mark, "look": look}["mark"]
    await ctx.object_call(target, key=ctx.key(), arg=node)  # BAD: dont-II-1
    await ctx.object_call(look, key=ctx.key(), arg=node)  # OK: shared
    futures = [ctx.object_call(look, key=ctx.key(), arg=node) for _ in range(3)]  # OK: shared
    await restate.gather(*futures)
    for neighbour in await ctx.get("neighbours", type_hint=list) or []:
        ctx.object_send(visit, key=neighbour, arg=node)  # OK: a send
    await ctx.object_call(other.mark, key=ctx.key(), arg=node)  # OK: another object's handler of the same name
    await ctx.service_call(harmless, node)  # OK: a service


async def refresh(ctx: ObjectContext, key: str) -> None:
    await ctx.object_call(mark, key=key, arg=Node(id=key))  # WARN: dont-II-1


@graph.handler()
async def mark(ctx: ObjectContext, node: Node) -> None:
    ctx.set("marked", node.id)


@graph.handler(kind="shared")
async def look(ctx: ObjectSharedContext, node: Node) -> None:
    await ctx.get("marked", type_hint=str)


@relay.handler()
async def harmless(ctx: Context, node: Node) -> None:
    await ctx.run_typed("x", str, restate.RunOptions(), node.id)


class Visitor:
    def __init__(self, ctx: ObjectContext, node: Node) -> None:
        self.ctx, self.node = ctx, node

    async def go(self) -> None:
        await self.ctx.object_call(mark, key=self.ctx.key(), arg=self.node)  # BAD: dont-II-1
