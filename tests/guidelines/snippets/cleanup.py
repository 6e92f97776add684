"""What runs on the way out: `finally`, exit stacks, managers."""

FOUND = {
    "return in finally": (
        "effect-in-finally",
        """
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            result = "failed"
            try:
                result = await ctx.run_typed("a", effect)
            finally:
                return result
        """,
    ),
    "continue in finally": (
        "effect-in-finally",
        """
        @svc.handler()
        async def h(ctx: Context, xs: list[str]) -> None:
            for x in xs:
                try:
                    await ctx.run_typed(x, effect, x=x)
                finally:
                    continue
        """,
    ),
    "exit stack of a helper": (
        "effect-in-finally",
        """
        async def unlock(ctx): await ctx.run_typed("unlock", effect)
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            async with contextlib.AsyncExitStack() as stack:
                stack.push_async_callback(unlock, ctx)
                await ctx.run_typed("a", effect)
        """,
    ),
    "exit stack of a lambda": (
        "effect-in-finally",
        """
        @obj.handler()
        async def h(ctx: ObjectContext, x: str) -> None:
            with contextlib.ExitStack() as stack:
                ctx.set("busy", True)
                stack.callback(lambda: ctx.clear("busy"))
                await ctx.run_typed("a", effect)
        """,
    ),
    "break in finally": (
        "effect-in-finally",
        """
        @svc.handler()
        async def h(ctx: Context, n: int) -> None:
            while n:
                try:
                    await ctx.run_typed("send", effect)
                    n -= 1
                finally:
                    if n > 3: break
        """,
    ),
    "an exit pushed": (
        "effect-in-finally",
        """
        class Lock:
            def __init__(self, ctx): self.ctx = ctx
            async def __aenter__(self): return self
            async def __aexit__(self, *a): self.ctx.clear("l")
        @obj.handler()
        async def h(ctx: ObjectContext, n: int) -> None:
            async with contextlib.AsyncExitStack() as stack:
                lock = Lock(ctx)
                stack.push_async_exit(lock)
                await ctx.run_typed("send", effect)
        """,
    ),
    "async with exit stack": (
        "effect-in-finally",
        """
        @contextlib.asynccontextmanager
        async def lock(ctx):
            await ctx.run_typed("lock", effect)
            try:
                yield
            finally:
                await ctx.run_typed("unlock", effect)
        @svc.handler()
        async def h(ctx: Context) -> None:
            async with contextlib.AsyncExitStack() as stack:
                await stack.enter_async_context(lock(ctx))
                await ctx.run_typed("x", effect)
        """,
    ),
}

CLEAN = {
    "finally that only cleans up": """
        @svc.handler()
        async def h(ctx: Context, xs: list[str]) -> int:
            seen = 0
            try:
                await ctx.run_typed("a", effect)
            finally:
                for x in xs:
                    if x: break
                seen += 1
            return seen
        """,
    "return in finally of a step": """
        def step(x: str) -> str:
            try:
                return httpx.get(x).text
            finally:
                return ""
        @svc.handler()
        async def h(ctx: Context, x: str) -> str: return await ctx.run_typed("a", step, x=x)
        """,
    "exit stack without effects": """
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            names = [x]
            with contextlib.ExitStack() as stack:
                stack.callback(names.clear)
                await ctx.run_typed("a", effect)
        """,
    "finally pure await": """
        class C:
            async def aclose(self): ...
        @svc.handler()
        async def h(ctx: Context) -> None:
            c = C()
            try:
                await ctx.run_typed("x", effect)
            finally:
                await c.aclose()
        """,
}
