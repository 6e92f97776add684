import random as _random

from restate import Context


async def extra_step(ctx: Context) -> int:
    def roll() -> int:
        return _random.randint(1, 6)  # OK: a step

    first = await ctx.run_typed("roll", roll)
    return first + _random.randint(1, 6)  # BAD: do-VI-1
