"""Handlers that call each other: past Restate, in circles, or as they should."""

FOUND = {
    "a helper of another service's handler": (
        "direct-handler-call",
        """
        pay = Service("Pay")
        @pay.handler()
        async def charge(ctx: Context, amount: int) -> int:
            return amount
        async def take_payment(ctx: WorkflowContext, amount: int) -> int:
            return await charge(ctx, amount)
        @wf.main()
        async def run(ctx: WorkflowContext, amount: int) -> int:
            return await take_payment(ctx, amount)
        """,
    ),
    "a handler of an object, from a class": (
        "direct-handler-call",
        """
        @obj.handler()
        async def reserve(ctx: ObjectContext, n: int) -> int:
            ctx.set("n", n)
            return n
        class Shop:
            def __init__(self, ctx): self.ctx = ctx
            async def order(self, n: int) -> int: return await reserve(self.ctx, n)
        @svc.handler()
        async def h(ctx: Context, n: int) -> int:
            return await Shop(ctx).order(n)
        @obj.handler()
        async def forget(ctx: ObjectContext) -> None: ctx.clear_all()
        """,
    ),
    "the ingress in a step": (
        "direct-handler-call",
        """
        BASE = "http://localhost:8080"
        @obj.handler()
        async def reserve(ctx: ObjectContext, n: int) -> int: return n
        @svc.handler()
        async def h(ctx: Context, key: str) -> str:
            def post() -> str:
                return httpx.post(f"{BASE}/O/{key}/reserve/send", json=1).text
            return await ctx.run_typed("post", post)
        """,
    ),
    "a handler as a step": (
        "direct-handler-call",
        """
        pay = Service("Pay")
        @pay.handler()
        async def charge(ctx: Context) -> int: return 1
        @svc.handler()
        async def h(ctx: Context, n: int) -> int:
            return await ctx.run_typed("charge", charge, ctx=ctx)
        """,
    ),
    "a client of the module": (
        "direct-handler-call",
        """
        client = restate.create_client("http://localhost:8080")
        pay = Service("Pay")
        @pay.handler()
        async def charge(ctx: Context, n: int) -> int: return n
        @svc.handler()
        async def h(ctx: Context, n: int) -> int:
            return await client.service_call(charge, n)
        """,
    ),
    "services of one factory": (
        "direct-handler-call",
        """
        def make(name): return restate.Service(name)
        pay = make("Pay")
        orders = make("Orders")
        @pay.handler()
        async def charge(ctx: Context, n: int) -> int: return n
        @orders.handler()
        async def h(ctx: Context, n: int) -> int:
            return await charge(ctx, n)
        """,
    ),
    "an address in a variable": (
        "direct-handler-call",
        """
        import os, requests
        pay = Service("Pay")
        @pay.handler()
        async def charge(ctx: Context, n: int) -> int: return n
        INGRESS = os.environ.get("INGRESS", "http://localhost:8080")
        def post(n):
            url = INGRESS + "/Pay/charge"
            return requests.post(url, json=n).json()
        @svc.handler()
        async def h(ctx: Context, n: int) -> int:
            return await ctx.run_typed("p", post, n=n)
        """,
    ),
    "a client with a base address": (
        "direct-handler-call",
        """
        pay = Service("Pay")
        @pay.handler()
        async def charge(ctx: Context, n: int) -> int: return n
        async def post(n):
            async with httpx.AsyncClient(base_url="http://localhost:8080") as c:
                return (await c.post("/Pay/charge", json=n)).json()
        @svc.handler()
        async def h(ctx: Context, n: int) -> int:
            return await ctx.run_typed("p", post, n=n)
        """,
    ),
    "create_client": (
        "direct-handler-call",
        """
        @svc.handler()
        async def w(ctx: Context, x: int) -> int: return x
        @svc.handler()
        async def h(ctx: Context) -> None:
            async with restate.create_client("http://x") as c:
                await c.service_call(w, 1)
        """,
    ),
    "two objects of one factory": (
        "call-cycle",
        """
        planner, critic = (VirtualObject(name) for name in ("planner", "critic"))
        @planner.handler()
        async def plan(ctx: ObjectContext, x: str) -> str:
            return await ctx.object_call(judge, key=ctx.key(), arg=x)
        @critic.handler()
        async def judge(ctx: ObjectContext, x: str) -> str:
            return x
        """,
    ),
    "deadlock in 3 hops": (
        "call-cycle",
        """
        a = VirtualObject("A"); b = VirtualObject("B"); mid = Service("M")
        @a.handler()
        async def fa(ctx: ObjectContext) -> None:
            ctx.clear_all()
            await ctx.service_call(fm, None)
        @mid.handler()
        async def fm(ctx: Context) -> None:
            await ctx.object_call(fb, "k", None)
        @b.handler()
        async def fb(ctx: ObjectContext) -> None:
            ctx.clear_all()
            await ctx.object_call(fa, "k", None)
        """,
    ),
    "own key helper both": (
        "self-deadlock",
        """
        @obj.handler()
        async def a(ctx: ObjectContext) -> None:
            ctx.clear_all()
        async def poke(ctx, key): await ctx.object_call(a, key=key, arg=None)
        @obj.handler()
        async def h(ctx: ObjectContext) -> None:
            await poke(ctx, f"{ctx.key()}")
        @svc.handler()
        async def s(ctx: Context) -> None:
            await poke(ctx, "other")
        """,
    ),
}

CLEAN = {
    "a decorated handler": """
        def logged(fn):
            @functools.wraps(fn)
            async def wrapper(ctx, *args):
                return await fn(ctx, *args)
            return wrapper
        pay = Service("Pay")
        @pay.handler()
        @logged
        async def charge(ctx: Context, amount: int) -> int:
            return amount
        @svc.handler()
        @logged
        async def h(ctx: Context, amount: int) -> int:
            return await ctx.service_call(charge, amount)
        """,
    "code shared by handlers": """
        pay = Service("Pay")
        async def work(ctx, x: str) -> str: return await ctx.run_typed("x", effect, x=x)
        @pay.handler()
        async def charge(ctx: Context, x: str) -> str: return await work(ctx, x)
        @svc.handler()
        async def h(ctx: Context, x: str) -> str: return await work(ctx, x)
        """,
    "another server": """
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            return await ctx.run_typed("x", lambda: httpx.post("https://api.example/orders/h2").text)
        """,
    "service class shares": """
        class Base(restate.Service): pass
        pay = Base("Pay")
        @pay.handler()
        async def charge(ctx: Context, n: int) -> int: return await _charge(ctx, n)
        async def _charge(ctx, n): return await ctx.run_typed("x", effect, x=str(n)) and n
        @svc.handler()
        async def h(ctx: Context, n: int) -> int: return await _charge(ctx, n)
        """,
    "handler in two services": """
        pay = Service("Pay")
        async def health(ctx: Context) -> str: return "ok"
        pay.handler()(health)
        svc.handler()(health)
        @svc.handler()
        async def h(ctx: Context, n: int) -> int: 
            await ctx.service_call(health, None)
            return n
        """,
    "two objects own keys": """
        a = VirtualObject("A")
        b = VirtualObject("B")
        @a.handler()
        async def x(ctx: ObjectContext, n: int) -> int:
            return await ctx.object_call(y, key=ctx.key(), arg=n)
        @b.handler()
        async def y(ctx: ObjectContext, n: int) -> int:
            ctx.set("n", n)
            return n
        @b.handler()
        async def forget(ctx: ObjectContext) -> None: ctx.clear_all()
        """,
    "async client outside": """
        @svc.handler()
        async def w(ctx: Context, x: int) -> int: return x
        async def main():
            async with restate.create_client("http://x") as c:
                await c.service_call(w, 1)
        asyncio.run(main())
        """,
    "getattr dispatch op": """
        @svc.handler()
        async def w(ctx: Context, x: int) -> int: return x
        @svc.handler()
        async def h(ctx: Context, how: str) -> None:
            getattr(ctx, "service_send")(w, 1)
        """,
}
