"""Sets, whose order is another one in a replay."""

FOUND = {
    "set in dict values": (
        "unordered-iteration",
        """
        @svc.handler()
        async def h(ctx: Context, xs: list[str]) -> None:
            groups = {"a": set(xs)}
            for x in groups["a"]:
                await ctx.run_typed(x, effect, x=x)
        """,
    ),
    "async comprehension": (
        "unordered-iteration",
        """
        @svc.handler()
        async def h(ctx: Context, xs: list[str]) -> list[str]:
            return [await ctx.run_typed(x, effect, x=x) for x in set(xs)]
        """,
    ),
    "order leak": (
        "unordered-iteration",
        """
        @svc.handler()
        async def h(ctx: Context, xs: list[str]) -> None:
            names = []
            for x in set(xs):
                names.append(x.upper())
            for n in names:
                await ctx.run_typed(n, effect, x=n)
        """,
    ),
}

CLEAN = {
    "list of set from step": """
        def names() -> list[str]: return list({"a", "b"})
        @svc.handler()
        async def h(ctx: Context) -> None:
            for n in await ctx.run_typed("n", names):
                await ctx.run_typed(n, effect, x=n)
        """,
    "generator helper of pure values": """
        def chunks(xs, n):
            for i in range(0, len(xs), n):
                yield xs[i:i+n]
        @svc.handler()
        async def h(ctx: Context, xs: list[str]) -> None:
            for c in chunks(xs, 2):
                fs = [ctx.run_typed(x, effect, x=x) for x in c]
                await restate.gather(*fs)
        """,
    "enumerate/zip/dict items": """
        @svc.handler()
        async def h(ctx: Context, xs: dict[str, int]) -> None:
            for i, (k, v) in enumerate(xs.items()):
                await ctx.run_typed(k, effect, x=k)
            for a, b in zip(xs, xs.values()):
                await ctx.run_typed(a, effect, x=a)
        """,
    "len/in/max of set": """
        @svc.handler()
        async def h(ctx: Context, xs: list[str]) -> int:
            s = set(xs)
            if len(s) > 3 and "x" in s:
                await ctx.run_typed("x", effect)
            m = max(s)
            await ctx.run_typed(m, effect)
            return sum(len(x) for x in s)
        """,
    "int set": """
        @svc.handler()
        async def h(ctx: Context) -> None:
            for n in {1, 2, 3}:
                await ctx.run_typed(str(n), effect)
            for n in set(range(3)):
                await ctx.run_typed(str(n), effect)
        """,
    "set built from step then sorted key": """
        @svc.handler()
        async def h(ctx: Context, xs: list[str]) -> None:
            pending = {x: ctx.run_typed(x, effect, x=x) for x in sorted(set(xs))}
            while pending:
                done, _ = await restate.wait_completed(*pending.values())
                pending = {k: f for k, f in pending.items() if f not in done}
        """,
    "order leak sorted": """
        @svc.handler()
        async def h(ctx: Context, xs: list[str]) -> None:
            names = []
            for x in set(xs):
                names.append(x.upper())
            names.sort()
            for n in names:
                await ctx.run_typed(n, effect, x=n)
            for n in sorted(names):
                await ctx.run_typed(n, effect, x=n)
        """,
}
