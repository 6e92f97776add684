from datetime import timedelta

from restate import Context, ObjectContext


async def add_points(ctx: ObjectContext, points: int) -> int:
    current = await ctx.get("points", type_hint=int) or 0
    ctx.set("points", current + points)
    return current + points


async def grant(ctx: ObjectContext, points: int) -> None:
    add_points(ctx, points)  # BAD: do-I-2
    ctx.sleep(timedelta(seconds=1))  # BAD: do-I-2


async def later(ctx: Context) -> None:
    await ctx.run_typed("later", lambda: 1)  # OK: awaited
