"""Operations that nobody awaits, or that asyncio awaits."""

FOUND = {
    "handler returns future": (
        "unawaited-operation",
        """
        @svc.handler()
        async def h(ctx: Context) -> str:
            return ctx.run_typed("x", effect)
        """,
    ),
    "setattr ctx": (
        "unawaited-operation",
        """
        class Env: pass
        @svc.handler()
        async def h(ctx: Context) -> None:
            env = Env()
            env.ctx = ctx
            env.ctx.run_typed("x", effect)
        """,
    ),
    "namedtuple ctx": (
        "unawaited-operation",
        """
        from typing import NamedTuple
        class Env(NamedTuple):
            n: int
            ctx: Context
        @svc.handler()
        async def h(ctx: Context) -> None:
            e = Env(1, ctx)
            e.ctx.run_typed("x", effect)
        """,
    ),
    "tuple unpack ctx": (
        "unawaited-operation",
        """
        @svc.handler()
        async def h(ctx: Context) -> None:
            c, n = (ctx, 1)
            c.run_typed("x", effect)
        """,
    ),
    "dict ctx": (
        "unawaited-operation",
        """
        @svc.handler()
        async def h(ctx: Context) -> None:
            deps = {"ctx": ctx}
            deps["ctx"].run_typed("x", effect)
        """,
    ),
    "asyncio timeout": (
        "asyncio-combinator",
        """
        @svc.handler()
        async def h(ctx: Context) -> None:
            async with asyncio.timeout(3):
                await ctx.run_typed("x", effect)
        """,
    ),
    "to_thread": (
        "asyncio-combinator",
        """
        @svc.handler()
        async def h(ctx: Context) -> None:
            await asyncio.to_thread(effect, "x")
        """,
    ),
    "thread pool": (
        "asyncio-combinator",
        """
        from concurrent.futures import ThreadPoolExecutor
        @svc.handler()
        async def h(ctx: Context) -> None:
            with ThreadPoolExecutor() as pool:
                pool.submit(effect)
        """,
    ),
}

CLEAN = {
    "service method named like op": """
        class Store:
            def get(self, x): return x
            def run(self, name, fn): return fn()
        @svc.handler()
        async def h(ctx: Context) -> str:
            s = Store()
            s.get("x")
            s.run("x", lambda: 1)
            return ""
        """,
    "asyncio primitives outside": """
        lock = asyncio.Lock()
        async def refresh():
            async with lock:
                await asyncio.sleep(1)
                asyncio.create_task(aeffect())
        async def step() -> str:
            await refresh(); return ""
        @svc.handler()
        async def h(ctx: Context) -> str:
            return await ctx.run_typed("x", step)
        """,
    "gather of coroutines in sync? as_completed": """
        @svc.handler()
        async def h(ctx: Context) -> None:
            async for f in restate.as_completed(ctx.run_typed("a", effect), ctx.run_typed("b", effect)):
                await f
        """,
    "map with step lambda list": """
        @svc.handler()
        async def h(ctx: Context, xs: list[str]) -> list[str]:
            actions = [functools.partial(effect, x) for x in xs]
            fs = list(map(lambda a: ctx.run_typed("x", a), actions))
            return [await f for f in await restate.gather(*fs)]
        """,
}
