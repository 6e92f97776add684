from restate import ObjectContext, ObjectSharedContext


def remember(ctx: ObjectContext, what: str) -> None:
    ctx.set("memory", what)  # BAD: do-IV-4


async def forget(ctx: ObjectContext) -> None:
    ctx.clear("memory")  # OK: only exclusive handlers come here


class AccountStore:
    def __init__(self, ctx: ObjectContext | ObjectSharedContext) -> None:
        self.ctx = ctx

    async def bump(self) -> None:
        count = await self.ctx.get("count", type_hint=int) or 0
        self.ctx.set("count", count + 1)  # BAD: do-IV-4

    async def total(self) -> "Balance":
        from accounts import Balance

        return Balance(value=await self.ctx.get("balance", type_hint=int) or 0)
