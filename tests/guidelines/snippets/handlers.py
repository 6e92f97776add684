"""Ways to become a handler, and what a shared one may do."""

FOUND = {
    "union ctx": (
        "write-in-shared-handler",
        """
        async def put(c: ObjectContext | ObjectSharedContext): c.set("x", 1)
        @obj.handler("r", kind="shared")
        async def h(ctx: ObjectSharedContext) -> None:
            await put(ctx)
        """,
    ),
    "partial of handler decorator": (
        "write-in-shared-handler",
        """
        shared = functools.partial(obj.handler, kind="shared")
        @shared()
        async def h(ctx: ObjectSharedContext) -> None:
            ctx.set("x", 1)
        """,
    ),
    "kind constant": (
        "write-in-shared-handler",
        """
        KIND = "shared"
        @obj.handler(kind=KIND)
        async def h(ctx: ObjectSharedContext) -> None:
            ctx.clear("x")
        """,
    ),
    "subscript service table": (
        "write-in-shared-handler",
        """
        SVCS = {"o": obj}
        @SVCS["o"].handler(kind="shared")
        async def h(ctx: ObjectSharedContext) -> None:
            ctx.set("x", 1)
        """,
    ),
    "sync handler wrapped": (
        "sync-handler",
        """
        @svc.handler()
        def h(ctx: Context) -> str:
            return ''
        """,
    ),
    "subclasses": (
        "unstable-clock",
        """
        class Base:
            async def run(self, ctx: Context) -> float: return 0.0
        class A(Base):
            async def run(self, ctx: Context) -> float: return time.time()
        for cls in Base.__subclasses__():
            svc.handler(cls.__name__)(cls().run)
        """,
    ),
    "init_subclass": (
        "unstable-clock",
        """
        REG = []
        class Base:
            def __init_subclass__(cls, **kw): REG.append(cls)
        class A(Base):
            async def run(self, ctx: Context) -> float: return time.time()
        for cls in REG:
            svc.handler("r")(cls().run)
        """,
    ),
    "handler from dict comp": (
        "unstable-clock",
        """
        async def a(ctx: Context) -> float: return time.time()
        HANDLERS = {"a": a}
        for name, fn in HANDLERS.items():
            svc.handler(name)(fn)
        """,
    ),
}

CLEAN = {
    "decorators on many": """
        def retrying(fn):
            @functools.wraps(fn)
            async def wrapper(ctx, *a):
                for n in range(2):
                    ctx.request()
                return await fn(ctx, *a)
            return wrapper
        pay = Service("Pay")
        @pay.handler()
        @retrying
        async def charge(ctx: Context, n: int) -> int: return n
        @pay.handler()
        @retrying
        async def refund(ctx: Context, n: int) -> int: return n
        @svc.handler()
        @retrying
        async def h(ctx: Context, n: int) -> int: return await ctx.service_call(charge, n)
        """,
    "own decorator registers": """
        def handler(service):
            def deco(fn):
                @functools.wraps(fn)
                async def wrapper(ctx: Context, x: str) -> str:
                    return await fn(ctx, x)
                service.handler(fn.__name__)(wrapper)
                return wrapper
            return deco
        pay = Service("Pay")
        @handler(pay)
        async def charge(ctx: Context, x: str) -> str: return x
        @handler(svc)
        async def h(ctx: Context, x: str) -> str: return await ctx.service_call(charge, x)
        """,
    "middleware calls": """
        class Guard:
            def __init__(self, fn): self.fn = fn
            async def __call__(self, ctx, x: str) -> str: return await self.fn(ctx, x)
        pay = Service("Pay")
        async def charge(ctx: Context, x: str) -> str: return x
        pay.handler("charge")(Guard(charge))
        """,
    "writes only from exclusive": """
        async def load(c: ObjectContext | ObjectSharedContext): return await c.get("x", type_hint=int)
        def save(c): c.set("x", 1)
        @obj.handler("r", kind="shared")
        async def r(ctx: ObjectSharedContext) -> int:
            return await load(ctx) or 0
        @obj.handler()
        async def w(ctx: ObjectContext) -> None:
            await load(ctx); save(ctx)
            ctx.clear_all()
        """,
    "wrapper service own handler": """
        class Mine(restate.Service):
            def handler(self, *a, **k):
                inner = super().handler(*a, **k)
                def deco(fn):
                    @functools.wraps(fn)
                    async def wrapper(ctx, *args):
                        return await fn(ctx, *args)
                    return inner(wrapper)
                return deco
        m = Mine("m")
        @m.handler()
        async def h(ctx: Context, x: int) -> str:
            return await ctx.run_typed("x", effect)
        """,
}
