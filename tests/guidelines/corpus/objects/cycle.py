"""Two objects that wait for each other."""
import restate
from pydantic import BaseModel
from restate import ObjectContext

buyers = restate.VirtualObject("Buyers")
sellers = restate.VirtualObject("Sellers")


class Offer(BaseModel):
    id: str


@buyers.handler()
async def bid(ctx: ObjectContext, offer: Offer) -> None:
    await ctx.object_call(accept, key=offer.id, arg=offer)  # WARN: dont-II-1


@buyers.handler()
async def settle(ctx: ObjectContext, offer: Offer) -> None:
    ctx.set("settled", offer.id)


@sellers.handler()
async def accept(ctx: ObjectContext, offer: Offer) -> None:
    await ctx.object_call(settle, key=offer.id, arg=offer)  # WARN: dont-II-1
