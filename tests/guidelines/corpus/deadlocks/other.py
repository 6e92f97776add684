import restate
from pydantic import BaseModel
from restate import ObjectContext

others = restate.VirtualObject("Others")


class Node(BaseModel):
    id: str


@others.handler()
async def mark(ctx: ObjectContext, node: Node) -> None:
    ctx.set("marked", node.id)
