"""What a step may hold, and ways to build one."""

PIPE = """
class Pipe:
    def __init__(self, ctx): self.ctx = ctx; self.steps = []
    def then(self, name, fn):
        self.steps.append((name, fn))
        return self
    async def run(self):
        for name, fn in self.steps:
            await self.ctx.run_typed(name, fn)
@svc.handler()
async def h(ctx: Context) -> None:
    await Pipe(ctx){steps}.run()
"""

FOUND = {
    "nested class instance holds ctx": (
        "context-in-step",
        """
        class Repo:
            def __init__(self, ctx): self._ctx = ctx
            async def load(self): return await self._ctx.get("x", type_hint=int)
        class Svc:
            def __init__(self, repo): self.repo = repo
            async def step(self): return await self.repo.load()
        @obj.handler(kind="shared")
        async def h(ctx: ObjectSharedContext) -> None:
            s = Svc(Repo(ctx))
            await ctx.run_typed("x", s.step)
        """,
    ),
    "kwargs forwarding": (
        "context-in-step",
        """
        def deco(fn):
            @functools.wraps(fn)
            async def w(*args, **kwargs): return await fn(*args, **kwargs)
            return w
        @deco
        async def helper(*, ctx, fn): return await ctx.run_typed("x", fn)
        @svc.handler()
        async def h(ctx: Context) -> None:
            await helper(ctx=ctx, fn=lambda: ctx.uuid())
        """,
    ),
    "pipeline of steps fluent": (
        "context-in-step",
        PIPE.replace("{steps}", '.then("a", lambda: 1).then("b", lambda: ctx.uuid())'),
    ),
}

CLEAN = {
    "copy in step": """
        import copy
        @svc.handler()
        async def h(ctx: Context) -> int:
            d = {"a": 1}
            def step() -> int:
                c = copy.deepcopy(d); c["b"] = 2
                e = d.copy(); e["x"] = 1
                f = dict(d); f["y"] = 1
                g = [*d]; g.append("q")
                return len(c)
            return await ctx.run_typed("x", step)
        """,
    "pipeline of steps fluent": PIPE.replace(
        "{steps}", '.then("a", lambda: time.time()).then("b", lambda: str(uuid.uuid4()))'
    ),
    "decorator making steps": """
        def step(fn):
            @functools.wraps(fn)
            async def wrapper(ctx, *args, **kwargs):
                return await ctx.run_typed(fn.__name__, fn, RunOptions(), *args, **kwargs)
            return wrapper
        @step
        async def fetch(url: str) -> str:
            async with httpx.AsyncClient() as c:
                return (await c.get(url)).text + str(time.time())
        @step
        def ident() -> str: return str(uuid.uuid4())
        @svc.handler()
        async def h(ctx: Context) -> str:
            return await fetch(ctx, "u") + await ident(ctx)
        """,
    "decorator class making steps": """
        class step:
            def __init__(self, name): self.name = name
            def __call__(self, fn):
                name = self.name
                @functools.wraps(fn)
                async def wrapper(ctx, *args):
                    return await ctx.run_typed(name, functools.partial(fn, *args))
                return wrapper
        @step("fetch")
        async def fetch(url: str) -> str:
            return str(time.time())
        @svc.handler()
        async def h(ctx: Context) -> str:
            return await fetch(ctx, "u")
        """,
    "gateway methods both wrapped": """
        class Gateway:
            def __init__(self): self.http = httpx.AsyncClient()
            async def _call(self, path): return (await self.http.get(path)).text
            async def charge(self, x: str) -> str: return await self._call(x)
            def describe(self): return "gateway"
        gw = Gateway()
        class Durable:
            def __init__(self, ctx, gw): self.ctx, self.gw = ctx, gw
            async def charge(self, x):
                return await self.ctx.run_typed("charge", self.gw.charge, x=x)
        @svc.handler()
        async def h(ctx: Context) -> str:
            gw.describe()
            return await Durable(ctx, gw).charge("a")
        """,
    "two services same helper one in step": """
        def stamp() -> float: return time.time()
        async def journaled(ctx): return await ctx.run_typed("t", stamp)
        async def other(ctx, now): return now + 1
        @svc.handler()
        async def h(ctx: Context) -> float:
            return await other(ctx, await journaled(ctx))
        """,
    "threading lock at module, cache in step": """
        import threading
        LOCK = threading.Lock()
        CACHE = {}
        def step(k: str) -> str:
            with LOCK:
                CACHE[k] = time.time()
            return str(CACHE[k])
        @svc.handler()
        async def h(ctx: Context) -> str:
            return await ctx.run_typed("x", step, k="a")
        """,
}
