import restate
from pydantic import BaseModel
from restate import Context, ObjectContext

stock = restate.VirtualObject("Stock")


class Cart(BaseModel):
    id: str
    skus: list[str]


@stock.handler()
async def reserve(ctx: ObjectContext, cart: Cart) -> None:
    await change(ctx, -1)


@stock.handler()
async def release(ctx: ObjectContext, cart: Cart) -> None:
    await change(ctx, 1)


async def change(ctx: ObjectContext, by: int) -> None:
    ctx.set("count", (await ctx.get("count", type_hint=int) or 0) + by)


async def plain_helper(ctx: Context, cart: Cart) -> None:
    await ctx.run_typed("helper", len, restate.RunOptions(), cart.skus)
