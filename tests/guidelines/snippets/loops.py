"""Loops without an end, and loops that have one."""

FOUND = {
    "while a constant": (
        "endless-loop",
        """
        POLLING = True
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            while POLLING:
                await ctx.run_typed("a", effect)
        """,
    ),
    "while not done": (
        "endless-loop",
        """
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            done: bool = False
            while not done:
                await ctx.run_typed("a", effect)
                await ctx.sleep(timedelta(hours=1))
        """,
    ),
    "counting": (
        "endless-loop",
        """
        from itertools import count
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            for n, m in enumerate(count(1)):
                for y in x:
                    if y: break
                await ctx.run_typed(f"a{n}", effect)
        """,
    ),
    "an endless generator": (
        "endless-loop",
        """
        def ticks():
            n = 0
            while 1:
                yield n
                n += 1
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            for n in ticks():
                await ctx.run_typed(f"a{n}", effect)
        """,
    ),
    "an attribute that never changes": (
        "endless-loop",
        """
        class Poller:
            def __init__(self, ctx): self.ctx = ctx; self.running = True
            async def run(self):
                while self.running:
                    await self.ctx.run_typed("send", effect)
                    await self.ctx.sleep(timedelta(seconds=5))
        @svc.handler()
        async def h(ctx: Context, n: int) -> None:
            await Poller(ctx).run()
        """,
    ),
    "never stops, or": (
        "endless-loop",
        """
        @svc.handler()
        async def h(ctx: Context, n: int) -> None:
            stop = False
            while not stop or n > 3:
                await ctx.run_typed("send", effect)
        """,
    ),
    "iter of a constant": (
        "endless-loop",
        """
        @svc.handler()
        async def h(ctx: Context, n: int) -> None:
            for _ in iter(int, 1):
                await ctx.run_typed("send", effect)
        """,
    ),
}

CLEAN = {
    "loops that end": """
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            more = True
            n = 0
            while more:
                more = bool(await ctx.run_typed("a", effect))
            going = True
            def stop() -> None:
                nonlocal going
                going = False
            while going:
                await ctx.run_typed("b", effect)
                stop()
            while n < 10:
                n += 1
                await ctx.run_typed("c", effect)
        """,
    "loop flag in dict": """
        @svc.handler()
        async def h(ctx: Context, n: int) -> None:
            active = True
            while active:
                match await ctx.run_typed("x", effect):
                    case "stop": active = False
                    case _: pass
        """,
    "loop nonlocal": """
        @svc.handler()
        async def h(ctx: Context, n: int) -> None:
            done = False
            for _ in range(3):
                if await ctx.run_typed("x", effect): done = True
            while not done:
                done = bool(await ctx.run_typed("y", effect))
        """,
    "while True with return": """
        @svc.handler()
        async def h(ctx: Context, n: int) -> str:
            page = 0
            while True:
                got = await ctx.run_typed(f"p{page}", effect)
                if not got: return "done"
                page += 1
        """,
    "repeat bounded": """
        import itertools
        @svc.handler()
        async def h(ctx: Context, n: int) -> None:
            for x in itertools.repeat("x", 3):
                await ctx.run_typed("p", effect, x=x)
            for x, y in zip(itertools.count(), ["a", "b"]):
                await ctx.run_typed("p", effect, x=y)
            for x in itertools.islice(itertools.count(), 3):
                await ctx.run_typed("p", effect, x=str(x))
            for x in itertools.takewhile(lambda v: v < 3, itertools.count()):
                await ctx.run_typed("p", effect, x=str(x))
        """,
}
