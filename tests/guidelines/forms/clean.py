"""Right code, which must be left alone."""

CLEAN = {
    "step in a lambda": """
        @svc.handler()
        async def h(ctx: Context) -> float:
            return await ctx.run_typed("x", lambda: time.time())
        """,
    "external step": """
        @svc.handler()
        async def h(ctx: Context) -> float:
            return await ctx.run_typed("x", time.time)
        """,
    "step by partial and method": """
        class Gateway:
            async def ask(self, x: str) -> str:
                async with httpx.AsyncClient() as c:
                    return (await c.get(x)).text
        gateway = Gateway()
        @svc.handler()
        async def h(ctx: Context) -> str:
            a = await ctx.run_typed("a", gateway.ask, x="1")
            b = await ctx.run_typed("b", functools.partial(gateway.ask, "1"))
            return a + b
        """,
    "one decorator around a step and a helper": """
        def traced(fn):
            @functools.wraps(fn)
            async def wrapper(*args, **kwargs):
                return await fn(*args, **kwargs)
            return wrapper
        @traced
        async def step(x: str) -> str:
            return str(uuid.uuid4())
        @traced
        async def helper(ctx, x):
            return await ctx.run_typed("x", step, x=x)
        @svc.handler()
        async def h(ctx: Context) -> str:
            return await helper(ctx, "a")
        """,
    "one helper applied to a step and to durable code": """
        def call(fn, *args): return fn(*args)
        def now(): return time.time()
        def pure(x): return x
        def step() -> float: return call(now)
        @svc.handler()
        async def h(ctx: Context) -> float:
            call(pure, 1)
            return await ctx.run_typed("x", step)
        """,
    "step wrapper of the project": """
        async def durable_step(ctx, name, fn, *args):
            return await ctx.run_typed(name, fn, RunOptions(), *args)
        @svc.handler()
        async def h(ctx: Context) -> str:
            return await durable_step(ctx, "x", lambda: str(uuid.uuid4()))
        """,
    "value of a step handed on": """
        def make() -> str: return str(uuid.uuid4())
        def use(x): return x.upper()
        @svc.handler()
        async def h(ctx: Context) -> str:
            key = await ctx.run_typed("x", make)
            return use(key)
        """,
    "at import time": """
        STARTED = time.time()
        REGION = os.environ.get("REGION", "eu")
        @svc.handler()
        async def h(ctx: Context) -> str:
            return REGION
        """,
    "never reached": """
        def unused(): return time.time()
        async def main():
            await asyncio.gather(aeffect(), aeffect())
        @svc.handler()
        async def h(ctx: Context) -> str:
            return "x"
        """,
    "the context's own random numbers": """
        @svc.handler()
        async def h(ctx: Context) -> float:
            key = str(ctx.uuid())
            return ctx.random().random() + await ctx.time()
        """,
    "seeded generator": """
        @svc.handler()
        async def h(ctx: Context, seed: int) -> float:
            return random.Random(seed).random()
        """,
    "deterministic dates and ids": """
        from datetime import UTC
        @svc.handler()
        async def h(ctx: Context, x: float) -> str:
            d = datetime.fromtimestamp(x, UTC) + timedelta(days=1)
            return datetime(2020, 1, 1).isoformat() + d.isoformat() + str(uuid.UUID(int=1)) + str(
                uuid.uuid5(uuid.NAMESPACE_DNS, "x"))
        """,
    "sorted set": """
        @svc.handler()
        async def h(ctx: Context, xs: list[str]) -> None:
            names = set(xs)
            names = sorted(names)
            for x in names:
                await ctx.run_typed(x, effect, x=x)
            for x in sorted({a for a in xs}):
                await ctx.run_typed(x, effect, x=x)
        """,
    "sorted in place": """
        @svc.handler()
        async def h(ctx: Context, xs: list[str]) -> None:
            names = list(set(xs))
            names.sort()
            for x in names:
                await ctx.run_typed(x, effect, x=x)
        """,
    "set without operations, and membership": """
        @svc.handler()
        async def h(ctx: Context, xs: list[str]) -> int:
            seen = set()
            total = 0
            for x in set(xs):
                total += len(x)
            for x in xs:
                if x in seen: continue
                seen.add(x)
                await ctx.run_typed(x, effect, x=x)
            return total
        """,
    "dict": """
        @svc.handler()
        async def h(ctx: Context, xs: dict[str, str]) -> None:
            for k, v in xs.items():
                await ctx.run_typed(k, effect, x=v)
            for k in dict.fromkeys(["b", "a"]):
                await ctx.run_typed(k, effect, x=k)
        """,
    "except TerminalError": """
        @svc.handler()
        async def h(ctx: Context) -> str:
            try:
                return await ctx.run_typed("x", effect)
            except TerminalError as e:
                if e.status_code == 409: raise
                return e.message
        """,
    "except Exception, raised again": """
        @svc.handler()
        async def h(ctx: Context) -> str:
            try:
                return await ctx.run_typed("x", effect)
            except Exception:
                x = 1
                raise
        """,
    "except Exception in a step, and without operations": """
        def step() -> str:
            try:
                return httpx.get("http://x").text
            except Exception:
                return ""
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            try:
                n = int(x)
            except Exception:
                n = 0
            return await ctx.run_typed("x", step)
        """,
    "asyncio in a step": """
        async def step() -> str:
            await asyncio.sleep(1)
            await asyncio.wait_for(aeffect(), 1)
            return "".join(await asyncio.gather(aeffect(), aeffect()))
        @svc.handler()
        async def h(ctx: Context) -> str:
            return await ctx.run_typed("x", step)
        """,
    "compensations": """
        @svc.handler()
        async def h(ctx: Context) -> None:
            compensations = []
            try:
                compensations.append(lambda: ctx.run_typed("undo", effect, x="u"))
                await ctx.run_typed("do", effect, x="d")
                compensations.append(functools.partial(ctx.run_typed, "undo2", effect))
                await ctx.run_typed("do2", effect, x="d")
            except TerminalError:
                for undo in reversed(compensations):
                    await undo()
                raise
        """,
    "compensations as pairs": """
        def refund(x: str) -> None: httpx.post("http://x")
        @svc.handler()
        async def h(ctx: Context) -> None:
            undo = []
            try:
                undo.append(("refund", refund, {"x": "a"}))
                await ctx.run_typed("do", effect, x="d")
            except TerminalError:
                for name, fn, kw in reversed(undo):
                    await ctx.run_typed(name, fn, **kw)
                raise
        """,
    "races with Restate": """
        @svc.handler()
        async def h(ctx: Context) -> str:
            name, event = ctx.awakeable(type_hint=str)
            match await restate.select(e=event, timeout=ctx.sleep(timedelta(seconds=1))):
                case ["e", value]:
                    return str(value)
                case _:
                    return name
        """,
    "waited with a timer, then awaited": """
        @svc.handler()
        async def h(ctx: Context) -> str:
            name, event = ctx.awakeable(type_hint=str)
            timer = ctx.sleep(timedelta(seconds=1))
            done, _ = await restate.wait_completed(event, timer)
            if event in done:
                return await event
            return name
        """,
    "context in a step, only read": """
        @obj.handler()
        async def h(ctx: ObjectContext) -> None:
            await ctx.run_typed("x", lambda: effect(ctx.key()))
        """,
    "the same helper durably without the clock": """
        def stamp(clock): return clock()
        @svc.handler()
        async def h(ctx: Context) -> float:
            stamp(lambda: 1)
            return await ctx.run_typed("x", stamp, clock=time.time)
        """,
    "recursion": """
        def fib(n: int) -> int: return n if n < 2 else fib(n - 1) + fib(n - 2)
        @svc.handler()
        async def h(ctx: Context, n: int) -> int:
            return fib(n)
        """,
    "local state": """
        @svc.handler()
        async def h(ctx: Context) -> list[str]:
            found = []
            def step() -> str:
                inner = []
                inner.append("x")
                return inner[0]
            found.append(await ctx.run_typed("x", step))
            return found
        """,
    "sends and sets need no await": """
        @svc.handler()
        async def w(ctx: Context, x: int) -> None: ...
        @obj.handler()
        async def h(ctx: ObjectContext) -> None:
            ctx.service_send(w, 1)
            ctx.set("x", 1)
            ctx.clear("x")
            call = ctx.service_call(w, 1)
            await call
        """,
    "futures collected first": """
        @svc.handler()
        async def h(ctx: Context) -> list[str]:
            steps = {name: ctx.run_typed(name, effect, x=name) for name in ("a", "b")}
            await restate.gather(*steps.values())
            return [await s for s in steps.values()]
        """,
    "finally without operations": """
        @svc.handler()
        async def h(ctx: Context) -> int:
            depth = 1
            try:
                await ctx.run_typed("x", effect)
            finally:
                depth = 0
            return depth
        """,
    "clients of Restate's agents": """
        from restate.ext.openai import DurableRunner
        from agents import Agent
        agent = Agent(name="a")
        @svc.handler()
        async def h(ctx: Context, q: str) -> str:
            result = await DurableRunner.run(agent, q)
            return result.final_output
        """,
    "client made outside, used in a step": """
        @svc.handler()
        async def h(ctx: Context) -> str:
            client = httpx.AsyncClient(timeout=3)
            async def step() -> str:
                return (await client.get("http://x")).text
            return await ctx.run_typed("x", step)
        """,
    "async partial and bound method as steps": """
        class G:
            async def go(self, x: str) -> str: return x
        @svc.handler()
        async def h(ctx: Context) -> str:
            await ctx.run_typed("p", functools.partial(aeffect, "x"))
            return await ctx.run_typed("x", G().go, x="1")
        """,
    "handler without decorator, unreached sibling": """
        async def h(ctx: Context) -> str:
            return "a"
        async def not_a_handler(ctx: Context) -> float:
            return time.time()
        svc.handler()(h)
        """,
    "wraps and returns the awaitable": """
        def quiet(fn):
            @functools.wraps(fn)
            def wrapper(*args, **kwargs):
                return fn(*args, **kwargs)
            return wrapper
        @svc.handler()
        @quiet
        async def h(ctx: Context) -> str:
            return await ctx.run_typed("x", effect)
        """,
    "own exception, terminal": """
        class Declined(TerminalError): ...
        @svc.handler()
        async def h(ctx: Context) -> str:
            try:
                return await ctx.run_typed("x", effect)
            except TerminalError as e:
                raise Declined("no") from e
        """,
    "memoised client in a step": """
        _client = None
        def client():
            global _client
            if _client is None:
                _client = httpx.Client()
            return _client
        def step() -> str:
            return client().get("http://x").text
        @svc.handler()
        async def h(ctx: Context) -> str:
            return await ctx.run_typed("x", step)
        """,
    "call to another key, and send to the own": """
        @obj.handler()
        async def a(ctx: ObjectContext) -> None:
            ctx.clear_all()
        @obj.handler()
        async def h(ctx: ObjectContext) -> None:
            ctx.object_send(a, ctx.key(), None)
        @obj.handler(kind="shared")
        async def s(ctx: ObjectSharedContext) -> None: ...
        @obj.handler()
        async def t(ctx: ObjectContext) -> None:
            await ctx.object_call(s, ctx.key(), None)
        """,
}
