"""Compensations: registered in time, run, and then the error goes on."""

FOUND = {
    "compensates and returns": (
        "swallowed-terminal-error",
        """
        class Saga:
            def __init__(self): self.undo = []
            async def compensate(self, failure):
                failed = []
                for u in reversed(self.undo):
                    try: await u()
                    except TerminalError as e: failed.append(e.message)
                if failed: raise TerminalError("; ".join(failed)) from failure
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            saga = Saga()
            try:
                saga.undo.append(functools.partial(ctx.run_typed, "undo", effect))
                await ctx.run_typed("x", effect)
            except TerminalError as failure:
                await saga.compensate(failure)
                return "failed"
            return "ok"
        """,
    ),
    "late with result": (
        "late-compensation",
        """
        @svc.handler()
        async def h(ctx: Context) -> None:
            undo = []
            try:
                r = await ctx.run_typed("a", effect, x="1")
                undo.append(("x", effect, {"x": r}))
                await ctx.run_typed("b", effect)
            except TerminalError:
                for n, f, k in reversed(undo):
                    await ctx.run_typed(n, f, **k)
                raise
        """,
    ),
}

CLEAN = {
    "a compensation that fails": """
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            undo = []
            try:
                undo.append(lambda: ctx.run_typed("undo", effect))
                return await ctx.run_typed("a", effect)
            except TerminalError:
                for step in reversed(undo):
                    try:
                        await step()
                    except TerminalError as failed:
                        undo.clear()
                raise
        """,
    "compensations in a helper": """
        async def undo_all(ctx, undo):
            for step in reversed(undo):
                try:
                    await step()
                except TerminalError as failed:
                    undo.clear()
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            undo = []
            try:
                undo.append(lambda: ctx.run_typed("undo", effect))
                return await ctx.run_typed("a", effect)
            except TerminalError:
                await undo_all(ctx, undo)
                raise
        """,
    "a saga that raises": """
        from typing import NoReturn
        class Saga:
            def __init__(self, ctx): self.ctx = ctx; self.undo = []
            async def abort(self, error: TerminalError) -> NoReturn:
                for u in reversed(self.undo): await u()
                raise error
        @svc.handler()
        async def h(ctx: Context, n: int) -> str:
            saga = Saga(ctx)
            try:
                return await ctx.run_typed("send", effect)
            except TerminalError as err:
                await saga.abort(err)
        """,
    "a saga as a manager": """
        class Saga:
            def __init__(self, ctx): self.ctx = ctx; self.undo = []
            async def __aenter__(self): return self
            async def __aexit__(self, kind, error, tb):
                return False
        @svc.handler()
        async def h(ctx: Context, n: int) -> str:
            async with Saga(ctx) as saga:
                return await ctx.run_typed("send", effect)
        """,
    "compensates after the clause": """
        @svc.handler()
        async def h(ctx: Context, n: int) -> None:
            undo = []
            error = None
            try:
                undo.append(functools.partial(ctx.run_typed, "undo", effect))
                await ctx.run_typed("send", effect)
            except TerminalError as err:
                error = err
            if error is not None:
                for u in reversed(undo):
                    await u()
                raise error
        """,
    "compensate except sends": """
        @svc.handler()
        async def h(ctx: Context, n: str) -> str:
            try:
                return await ctx.run_typed("a", effect)
            except TerminalError as e:
                ctx.service_send(undo, n)
                raise TerminalError(f"failed: {e.message}", status_code=e.status_code) from e
        @svc.handler()
        async def undo(ctx: Context, n: str) -> None: await ctx.run_typed("b", effect)
        """,
    "saga class with run_typed compensations": """
        class MySaga:
            def __init__(self, ctx): self.ctx = ctx; self.undo = []
            def add(self, name, fn, **kw): self.undo.append((name, fn, kw))
            async def compensate(self):
                for name, fn, kw in reversed(self.undo):
                    await self.ctx.run_typed(name, fn, **kw)
        async def refund(key: str) -> None:
            async with httpx.AsyncClient() as c: await c.post("http://x")
        @svc.handler()
        async def h(ctx: Context) -> None:
            saga = MySaga(ctx)
            try:
                saga.add("refund", refund, key="x")
                await ctx.run_typed("charge", aeffect, x="1")
            except TerminalError:
                await saga.compensate()
                raise
        """,
}
