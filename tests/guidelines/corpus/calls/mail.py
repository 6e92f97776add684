import restate
from pydantic import BaseModel
from restate import Context

mailer = restate.Service("Mail")


class Cart(BaseModel):
    id: str
    skus: list[str]


@mailer.handler()
async def notify(ctx: Context, cart: Cart) -> None:
    await ctx.run_typed("mail", print, restate.RunOptions(), cart.id)
