"""Another object; calls back into accounts."""
import restate
from pydantic import BaseModel
from restate import ObjectContext

limits_object = restate.VirtualObject("Limits")


class Amount(BaseModel):
    value: int


@limits_object.handler()
async def check(ctx: ObjectContext, amount: Amount) -> None:
    ctx.set("last", amount.value)


@limits_object.handler()
async def audit(ctx: ObjectContext, amount: Amount) -> None:
    await ctx.object_call(check, key="global", arg=amount)  # MAY: dont-II-1
    await ctx.object_call(check, key=f"{ctx.key()}/{amount.value}", arg=amount)  # MAY: dont-II-1


async def check_limit(ctx: ObjectContext, amount: Amount) -> None:
    await ctx.object_call(check, key=ctx.key(), arg=amount)  # OK: another object
