"""Clauses that catch more than errors of this project: `except Exception`, `suppress`, a retry."""

FOUND = {
    "suppress by a tuple": (
        "broad-except",
        """
        ANY = (ValueError, Exception)
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            with contextlib.suppress(*ANY):
                await ctx.run_typed("a", effect)
        """,
    ),
    "bare except that raises sometimes": (
        "broad-except",
        """
        import logging
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            try:
                await ctx.run_typed("a", effect)
            except:
                logging.exception("oops")
                if x == "debug":
                    raise
        """,
    ),
    "except group": (
        "broad-except",
        """
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            try:
                await ctx.run_typed("a", effect)
            except* (TerminalError, Exception):
                pass
        """,
    ),
    "retry decorator": (
        "broad-except",
        """
        import tenacity
        @tenacity.retry(stop=tenacity.stop_after_attempt(3))
        async def work(ctx): await ctx.run_typed("a", effect)
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            await work(ctx)
        """,
    ),
    "suppress in a stack": (
        "broad-except",
        """
        @obj.handler()
        async def h(ctx: ObjectContext, n: int) -> None:
            with contextlib.ExitStack() as stack:
                stack.enter_context(contextlib.suppress(Exception))
                await ctx.run_typed("send", effect)
        """,
    ),
    "suppress in a variable": (
        "broad-except",
        """
        quietly = contextlib.suppress(Exception)
        @obj.handler()
        async def h(ctx: ObjectContext, n: int) -> None:
            with quietly:
                await ctx.run_typed("send", effect)
        """,
    ),
    "isinstance reraise is no error": (
        "broad-except",
        """
        @svc.handler()
        async def h(ctx: Context) -> str:
            try:
                return await ctx.run_typed("x", effect)
            except Exception as e:
                if isinstance(e, TerminalError): raise
                return ""
        """,
    ),
    "while walrus": (
        "broad-except",
        """
        @svc.handler()
        async def h(ctx: Context) -> None:
            while (x := 1):
                try:
                    await ctx.sleep(timedelta(seconds=1))
                except (ValueError, BaseException):
                    break
        """,
    ),
    "except* ": (
        "broad-except",
        """
        @svc.handler()
        async def h(ctx: Context) -> None:
            try:
                await ctx.run_typed("x", effect)
            except* Exception:
                pass
        """,
    ),
    "select in helper w/ broad": (
        "broad-except",
        """
        async def first(**fs):
            try:
                return await restate.select(**fs)
            except Exception:
                return None
        @svc.handler()
        async def h(ctx: Context) -> None:
            await first(a=ctx.run_typed("x", effect), t=ctx.sleep(timedelta(seconds=1)))
        """,
    ),
}

CLEAN = {
    "a retry in a step": """
        import tenacity
        @tenacity.retry
        def step() -> str: return httpx.get("x").text
        @svc.handler()
        async def h(ctx: Context, x: str) -> str: return await ctx.run_typed("a", step)
        """,
    "with suppress cancelled helper": """
        @svc.handler()
        async def h(ctx: Context, n: int) -> str:
            with contextlib.suppress(KeyError, ValueError):
                await ctx.run_typed("p", effect)
            with contextlib.ExitStack() as stack:
                stack.enter_context(contextlib.suppress(KeyError))
                await ctx.run_typed("p", effect)
            return ""
        """,
    "terminal then broad reraise": """
        @svc.handler()
        async def h(ctx: Context, n: int) -> str:
            try:
                return await ctx.run_typed("p", effect)
            except TerminalError:
                raise
            except BaseException:
                raise
        """,
    "try with only pure + external": """
        import json
        @svc.handler()
        async def h(ctx: Context, raw: str) -> str:
            value = await ctx.run_typed("x", effect)
            try:
                json.loads(raw)
            except Exception:
                return ""
            return value
        """,
    "aliased exception raised always in both branches": """
        @svc.handler()
        async def h(ctx: Context) -> str:
            try:
                return await ctx.run_typed("x", effect)
            except Exception as e:
                if isinstance(e, ValueError):
                    raise
                else:
                    raise
        """,
    "step within helper that catches inside": """
        async def fetch() -> str:
            async with httpx.AsyncClient() as c:
                try:
                    return (await c.get("x")).text
                except Exception as e:
                    raise TerminalError(str(e)) from e
        @svc.handler()
        async def h(ctx: Context) -> str:
            return await ctx.run_typed("f", fetch)
        """,
}
