"""Each snippet hides one violation: its rule, and the code."""

FOUND = {
    "directly": ("unstable-clock", "@svc.handler()\nasync def h(ctx: Context) -> float:\n    return time.time()"),
    "two helpers deep": (
        "unstable-clock",
        """
        def a(): return b()
        def b(): return time.time()
        @svc.handler()
        async def h(ctx: Context) -> float:
            return a()
        """,
    ),
    "in a method, through self": (
        "unstable-id",
        """
        class Ids:
            def __init__(self, prefix): self.prefix = prefix
            def make(self): return self._raw()
            def _raw(self): return str(uuid.uuid4())
        @svc.handler()
        async def h(ctx: Context) -> str:
            return Ids("a").make()
        """,
    ),
    "in an overridden method, through the base": (
        "unstable-clock",
        """
        class Base:
            def now(self): return 0
            def use(self): return self.now()
        class Real(Base):
            def now(self): return time.time()
        @svc.handler()
        async def h(ctx: Context) -> float:
            return Real().use()
        """,
    ),
    "through super": (
        "unstable-clock",
        """
        class Base:
            def now(self): return time.time()
        class Real(Base):
            def now(self): return super().now()
        @svc.handler()
        async def h(ctx: Context) -> float:
            return Real().now()
        """,
    ),
    "in a property": (
        "unstable-clock",
        """
        class P:
            @functools.cached_property
            def now(self): return time.time()
        @svc.handler()
        async def h(ctx: Context) -> float:
            return P().now
        """,
    ),
    "through partial": (
        "unstable-id",
        """
        def pick(n): return random.randint(0, n)
        @svc.handler()
        async def h(ctx: Context) -> int:
            f = functools.partial(pick, 3)
            return f()
        """,
    ),
    "in a dispatch table": (
        "unstable-id",
        """
        def a(): return 1
        def b(): return random.random()
        TABLE = {"a": a, "b": b}
        @svc.handler()
        async def h(ctx: Context, which: str) -> float:
            return TABLE[which]()
        """,
    ),
    "in a lambda in a list": (
        "unstable-id",
        """
        @svc.handler()
        async def h(ctx: Context) -> list[float]:
            todo = []
            todo.append(lambda: random.random())
            return [f() for f in reversed(todo)]
        """,
    ),
    "as a key function": (
        "unstable-id",
        """
        @svc.handler()
        async def h(ctx: Context, xs: list[int]) -> list[int]:
            return sorted(xs, key=lambda _: random.random())
        """,
    ),
    "behind a decorator": (
        "unstable-clock",
        """
        def timed(fn):
            @functools.wraps(fn)
            async def wrapper(*args, **kwargs):
                start = time.monotonic()
                return await fn(*args, **kwargs)
            return wrapper
        @svc.handler()
        @timed
        async def h(ctx: Context) -> int:
            return 1
        """,
    ),
    "in a decorated handler": (
        "unstable-clock",
        """
        def plain(fn):
            @functools.wraps(fn)
            async def wrapper(*args, **kwargs):
                return await fn(*args, **kwargs)
            return wrapper
        @svc.handler()
        @plain
        async def h(ctx: Context) -> float:
            return time.time()
        """,
    ),
    "behind a decorator with arguments": (
        "unstable-clock",
        """
        def labelled(label):
            def deco(fn):
                @functools.wraps(fn)
                async def wrapper(ctx, *args):
                    return await fn(ctx, *args)
                return wrapper
            return deco
        @labelled("x")
        async def helper(ctx, n):
            return time.time()
        @svc.handler()
        async def h(ctx: Context) -> float:
            return await helper(ctx, 1)
        """,
    ),
    "behind a class decorator": (
        "unstable-clock",
        """
        class Wrap:
            def __init__(self, fn): self.fn = fn
            async def __call__(self, *args): return await self.fn(*args)
        @Wrap
        async def helper(ctx):
            return time.time()
        @svc.handler()
        async def h(ctx: Context) -> float:
            return await helper(ctx)
        """,
    ),
    "in __aenter__": (
        "unstable-clock",
        """
        class Timer:
            async def __aenter__(self):
                self.t = time.time()
                return self
            async def __aexit__(self, *exc): return None
        @svc.handler()
        async def h(ctx: Context) -> int:
            async with Timer() as t:
                return 1
        """,
    ),
    "in an async context manager function": (
        "unstable-clock",
        """
        @contextlib.asynccontextmanager
        async def timer():
            yield time.time()
        @svc.handler()
        async def h(ctx: Context) -> int:
            async with timer() as t:
                return 1
        """,
    ),
    "in an async generator": (
        "unstable-id",
        """
        async def numbers():
            for _ in range(3):
                yield random.random()
        @svc.handler()
        async def h(ctx: Context) -> int:
            async for n in numbers():
                return 1
            return 0
        """,
    ),
    "in a nested function": (
        "unstable-clock",
        """
        @svc.handler()
        async def h(ctx: Context) -> float:
            def inner():
                return time.time()
            return inner()
        """,
    ),
    "in a comprehension": (
        "unstable-id",
        """
        @svc.handler()
        async def h(ctx: Context) -> list[str]:
            return [str(uuid.uuid4()) for _ in range(3)]
        """,
    ),
    "by another name": (
        "unstable-id",
        """
        from uuid import uuid4 as fresh
        @svc.handler()
        async def h(ctx: Context) -> str:
            return str(fresh())
        """,
    ),
    "by a variable": (
        "unstable-clock",
        """
        clock = time.time
        @svc.handler()
        async def h(ctx: Context) -> float:
            return clock()
        """,
    ),
    "by a default argument": (
        "unstable-clock",
        """
        def stamp(clock=time.time): return clock()
        @svc.handler()
        async def h(ctx: Context) -> float:
            return stamp()
        """,
    ),
    "by getattr": (
        "unstable-clock",
        """
        @svc.handler()
        async def h(ctx: Context) -> float:
            return getattr(time, "time")()
        """,
    ),
    "by a default factory": (
        "unstable-id",
        """
        @dataclasses.dataclass
        class Order:
            id: str = dataclasses.field(default_factory=lambda: str(uuid.uuid4()))
        @svc.handler()
        async def h(ctx: Context) -> str:
            return Order().id
        """,
    ),
    "by a default factory of a model": (
        "unstable-id",
        """
        from pydantic import BaseModel, Field
        class Order(BaseModel):
            id: uuid.UUID = Field(default_factory=uuid.uuid4)
        @svc.handler()
        async def h(ctx: Context) -> str:
            return str(Order().id)
        """,
    ),
    "with walrus and match": (
        "unstable-clock",
        """
        @svc.handler()
        async def h(ctx: Context, x: int) -> float:
            match x:
                case 1 if (t := time.time()) > 0:
                    return t
                case _:
                    return 0.0
        """,
    ),
    "by singledispatch": (
        "unstable-clock",
        """
        @functools.singledispatch
        def show(x): return 0
        @show.register
        def _(x: int): return time.time()
        @svc.handler()
        async def h(ctx: Context, x: int) -> float:
            return show(x)
        """,
    ),
    "by mutual recursion": (
        "unstable-clock",
        """
        def even(n): return True if n == 0 else odd(n - 1)
        def odd(n):
            time.time()
            return False if n == 0 else even(n - 1)
        @svc.handler()
        async def h(ctx: Context, n: int) -> bool:
            return even(n)
        """,
    ),
    "handler without decorator syntax": (
        "unstable-clock",
        """
        async def h(ctx: Context) -> float:
            return time.time()
        registered = svc.handler()(h)
        """,
    ),
    "handler by a chain": (
        "unstable-clock",
        """
        @restate.Service("x").handler()
        async def h(ctx) -> float:
            return time.time()
        """,
    ),
    "handler in a factory": (
        "unstable-clock",
        """
        def make(name):
            service = restate.Service(name)
            @service.handler()
            async def h(ctx: Context) -> float:
                return time.time()
            return service
        """,
    ),
    "handler as a method": (
        "unstable-clock",
        """
        class Api:
            def __init__(self):
                self.service = restate.Service("api")
                self.service.handler("h")(self.h)
            async def h(self, ctx: Context) -> float:
                return time.time()
        """,
    ),
    "handler as a static method": (
        "unstable-clock",
        """
        class Api:
            service = restate.Service("api")
            @service.handler()
            @staticmethod
            async def h(ctx: Context) -> float:
                return time.time()
        """,
    ),
    "handler of a subclass with its own decorator": (
        "unstable-clock",
        """
        class Mine(restate.Service):
            def endpoint(self, **options):
                return self.handler(**options)
        mine = Mine("mine")
        @mine.endpoint()
        async def h(ctx: Context) -> float:
            return time.time()
        """,
    ),
    "handler in a loop": (
        "unstable-clock",
        """
        async def one(ctx: Context) -> float:
            return time.time()
        for service in [restate.Service("a"), restate.Service("b")]:
            service.handler("one")(one)
        """,
    ),
    "handler without parentheses": (
        "unstable-clock",
        "@svc.handler\nasync def h(ctx: Context) -> float:\n    return time.time()",
    ),
    "client as a global": (
        "nondeterministic-call",
        """
        client = httpx.AsyncClient()
        @svc.handler()
        async def h(ctx: Context) -> str:
            return (await client.get("http://x")).text
        """,
    ),
    "client by annotation": (
        "nondeterministic-call",
        """
        class Gateway:
            def __init__(self, http: httpx.AsyncClient): self.http = http
            async def ask(self): return await self.http.get("http://x")
        async def helper(gateway: Gateway): return await gateway.ask()
        @svc.handler()
        async def h(ctx: Context) -> str:
            return str(await helper(unknown()))
        """,
    ),
    "client in async with": (
        "nondeterministic-call",
        """
        @svc.handler()
        async def h(ctx: Context) -> str:
            async with httpx.AsyncClient(timeout=3) as c:
                return (await c.get("http://x")).text
        """,
    ),
    "environment": (
        "nondeterministic-call",
        "@svc.handler()\nasync def h(ctx: Context) -> str:\n    return os.environ['X']",
    ),
    "environment by get": (
        "nondeterministic-call",
        "@svc.handler()\nasync def h(ctx: Context) -> str:\n    return os.environ.get('X', '')",
    ),
    "files": (
        "nondeterministic-call",
        """
        from pathlib import Path
        @svc.handler()
        async def h(ctx: Context) -> str:
            return (Path("a") / "b").read_text()
        """,
    ),
    "settings": (
        "nondeterministic-call",
        """
        from pydantic_settings import BaseSettings
        class Config(BaseSettings):
            x: int = 1
        @svc.handler()
        async def h(ctx: Context) -> int:
            return Config().x
        """,
    ),
    "context in a lambda step": (
        "context-in-step",
        """
        @obj.handler()
        async def h(ctx: ObjectContext) -> str:
            await ctx.run_typed("x", lambda: ctx.set("a", 1))
            ctx.clear_all()
            return ""
        """,
    ),
    "context in a helper of a step": (
        "context-in-step",
        """
        async def deep(c): await c.sleep(timedelta(seconds=1))
        async def step(c):
            await deep(c)
        @svc.handler()
        async def h(ctx: Context) -> None:
            await ctx.run_typed("x", step, c=ctx)
        """,
    ),
    "context in a partial step": (
        "context-in-step",
        """
        async def step(c, n): await c.sleep(timedelta(seconds=n))
        @svc.handler()
        async def h(ctx: Context) -> None:
            await ctx.run_typed("x", functools.partial(step, ctx, 1))
        """,
    ),
    "context as an attribute": (
        "context-in-step",
        """
        class Flow:
            def __init__(self, ctx): self.ctx = ctx
            async def step(self): await self.ctx.sleep(timedelta(seconds=1))
            async def go(self): await self.ctx.run_typed("x", self.step)
        @svc.handler()
        async def h(ctx: Context) -> None:
            await Flow(ctx).go()
        """,
    ),
    "context in a dataclass": (
        "context-in-step",
        """
        @dataclasses.dataclass
        class Env:
            ctx: Context
            n: int = 1
        @svc.handler()
        async def h(ctx: Context) -> None:
            env = Env(ctx)
            async def step(): await env.ctx.sleep(timedelta(seconds=1))
            await env.ctx.run_typed("x", step)
        """,
    ),
    "context in a context variable": (
        "context-in-step",
        """
        current: contextvars.ContextVar = contextvars.ContextVar("current")
        def step():
            current.get().set("a", 1)
        @obj.handler()
        async def h(ctx: ObjectContext) -> None:
            current.set(ctx)
            await ctx.run_typed("x", step)
            ctx.clear_all()
        """,
    ),
    "context by current_context": (
        "context-in-step",
        """
        from restate.extensions import current_context
        async def step():
            await current_context().sleep(timedelta(seconds=1))
        @svc.handler()
        async def h(ctx: Context) -> None:
            await ctx.run_typed("x", step)
        """,
    ),
    "context in a global": (
        "context-in-step",
        """
        CTX = None
        async def step(): await CTX.sleep(timedelta(seconds=1))
        @svc.handler()
        async def h(ctx: Context) -> None:
            global CTX
            CTX = ctx
            await CTX.run_typed("x", step)
        """,
    ),
    "context renamed": (
        "unawaited-operation",
        """
        @svc.handler()
        async def h(restate_api: "Context") -> None:
            c = restate_api
            c.run_typed("x", effect)
        """,
    ),
    "operation as a value": (
        "context-in-step",
        """
        @svc.handler()
        async def h(ctx: Context) -> None:
            pause = ctx.sleep
            async def step(): await pause(timedelta(seconds=1))
            await ctx.run_typed("x", step)
        """,
    ),
    "step by keyword helper": (
        "context-in-step",
        """
        async def in_step(ctx, name, fn):
            return await ctx.run_typed(name, fn)
        @svc.handler()
        async def h(ctx: Context) -> None:
            await in_step(fn=lambda: ctx.uuid(), name="x", ctx=ctx)
        """,
    ),
    "old run with args": (
        "context-in-step",
        """
        def step(c): c.set("x", 1)
        @obj.handler()
        async def h(ctx: ObjectContext) -> None:
            await ctx.run("x", step, args=(ctx,))
            ctx.clear_all()
        """,
    ),
    "Exception aliased": (
        "broad-except",
        """
        Oops = (ValueError, Exception)
        @svc.handler()
        async def h(ctx: Context) -> str:
            try:
                return await ctx.run_typed("x", effect)
            except Oops:
                return ""
        """,
    ),
    "Exception around a helper": (
        "broad-except",
        """
        async def helper(ctx): return await ctx.run_typed("x", effect)
        @svc.handler()
        async def h(ctx: Context) -> str:
            try:
                return await helper(ctx)
            except Exception as e:
                return str(e)
        """,
    ),
    "Exception around an awaited future": (
        "broad-except",
        """
        @svc.handler()
        async def h(ctx: Context) -> str:
            f = ctx.run_typed("x", effect)
            try:
                return await f
            except Exception:
                return ""
        """,
    ),
    "Exception in a context manager": (
        "broad-except",
        """
        @contextlib.asynccontextmanager
        async def quiet():
            try:
                yield
            except Exception:
                pass
        @svc.handler()
        async def h(ctx: Context) -> str:
            async with quiet():
                return await ctx.run_typed("x", effect)
            return ""
        """,
    ),
    "suppress": (
        "broad-except",
        """
        @svc.handler()
        async def h(ctx: Context) -> None:
            with contextlib.suppress(Exception):
                await ctx.run_typed("x", effect)
        """,
    ),
    "reraised only sometimes": (
        "broad-except",
        """
        @svc.handler()
        async def h(ctx: Context) -> str:
            try:
                return await ctx.run_typed("x", effect)
            except Exception as e:
                if "x" in str(e):
                    raise
                return ""
        """,
    ),
    "set through a function": (
        "unordered-iteration",
        """
        def names(xs): return {x for x in xs}
        @svc.handler()
        async def h(ctx: Context, xs: list[str]) -> None:
            todo = list(names(xs))
            for x in todo:
                await ctx.run_typed(x, effect, x=x)
        """,
    ),
    "set in a model": (
        "unordered-iteration",
        """
        from pydantic import BaseModel
        class Req(BaseModel):
            tags: set[str]
        @svc.handler()
        async def h(ctx: Context, req: Req) -> None:
            fs = [ctx.run_typed(t, effect, x=t) for t in req.tags]
            await restate.gather(*fs)
        """,
    ),
    "set difference of keys": (
        "unordered-iteration",
        """
        @svc.handler()
        async def h(ctx: Context, a: dict[str, int]) -> None:
            for k in a.keys() - {"x"}:
                await ctx.run_typed(k, effect, x=k)
        """,
    ),
    "set popped": (
        "unordered-iteration",
        """
        @svc.handler()
        async def h(ctx: Context, xs: list[str]) -> None:
            left = set(xs)
            while left:
                x = left.pop()
                await ctx.run_typed(x, effect, x=x)
        """,
    ),
    "set passed to a helper": (
        "unordered-iteration",
        """
        async def each(ctx, xs):
            for i, x in enumerate(xs):
                await ctx.run_typed(x, effect, x=x)
        @svc.handler()
        async def h(ctx: Context, xs: list[str]) -> None:
            await each(ctx, frozenset(xs))
        """,
    ),
    "asyncio imported by name": (
        "asyncio-combinator",
        """
        from asyncio import gather as together
        @svc.handler()
        async def h(ctx: Context) -> None:
            await together(ctx.run_typed("a", effect), ctx.run_typed("b", effect))
        """,
    ),
    "TaskGroup": (
        "asyncio-combinator",
        """
        @svc.handler()
        async def h(ctx: Context) -> None:
            async with asyncio.TaskGroup() as group:
                group.create_task(aeffect("a"))
        """,
    ),
    "executor": (
        "asyncio-combinator",
        """
        @svc.handler()
        async def h(ctx: Context) -> None:
            await asyncio.get_running_loop().run_in_executor(None, effect)
        """,
    ),
    "coroutine by lambda": (
        "step-returns-coroutine",
        """
        @svc.handler()
        async def h(ctx: Context) -> str:
            return await ctx.run_typed("x", lambda: aeffect("a"))
        """,
    ),
    "coroutine by call": (
        "step-returns-coroutine",
        """
        @svc.handler()
        async def h(ctx: Context) -> str:
            return await ctx.run_typed("x", aeffect("a"))
        """,
    ),
    "coroutine by a client": (
        "step-returns-coroutine",
        """
        client = httpx.AsyncClient()
        @svc.handler()
        async def h(ctx: Context) -> str:
            return await ctx.run_typed("x", lambda: client.get("http://x"))
        """,
    ),
    "coroutine by a plain function": (
        "step-returns-coroutine",
        """
        def step(): return aeffect("a")
        @svc.handler()
        async def h(ctx: Context) -> str:
            return await ctx.run_typed("x", step)
        """,
    ),
    "coroutine of a helper not awaited": (
        "unawaited-operation",
        """
        async def helper(ctx): await ctx.run_typed("x", effect)
        @svc.handler()
        async def h(ctx: Context) -> None:
            helper(ctx)
        """,
    ),
    "future returned by a helper": (
        "unawaited-operation",
        """
        def helper(ctx): return ctx.run_typed("x", effect)
        @svc.handler()
        async def h(ctx: Context) -> None:
            helper(ctx)
        """,
    ),
    "future in a condition": (
        "unawaited-operation",
        """
        @obj.handler(kind="shared")
        async def h(ctx: ObjectSharedContext) -> int:
            return ctx.get("n") or 0
        """,
    ),
    "future forgotten": (
        "unawaited-operation",
        """
        @svc.handler()
        async def h(ctx: Context) -> None:
            f = ctx.run_typed("x", effect)
        """,
    ),
    "shared handler writes through helpers": (
        "write-in-shared-handler",
        """
        def touch(c): c.set("seen", 1)
        class Repo:
            def __init__(self, c): self.c = c
            def save(self): touch(self.c)
        @obj.handler(kind="shared")
        async def h(ctx: ObjectSharedContext) -> None:
            Repo(ctx).save()
        """,
    ),
    "workflow signal writes": (
        "write-in-shared-handler",
        """
        @wf.handler()
        async def h(ctx: WorkflowSharedContext) -> None:
            ctx.clear("x")
        """,
    ),
    "self call with the key in a variable": (
        "self-deadlock",
        """
        @obj.handler()
        async def a(ctx: ObjectContext) -> None:
            ctx.clear_all()
        @obj.handler()
        async def h(ctx: ObjectContext) -> None:
            me = ctx.key()
            await ctx.object_call(a, me, None)
        """,
    ),
    "generic self call": (
        "self-deadlock",
        """
        @obj.handler()
        async def a(ctx: ObjectContext) -> None:
            ctx.clear_all()
        async def again(ctx):
            await ctx.generic_call("O", "a", b"", key=ctx.key())
        @obj.handler()
        async def h(ctx: ObjectContext) -> None:
            await again(ctx)
        """,
    ),
    "nonlocal in a step": (
        "step-mutates-closure",
        """
        @svc.handler()
        async def h(ctx: Context) -> int:
            n = 0
            def step():
                nonlocal n
                n = 1
            await ctx.run_typed("x", step)
            return n
        """,
    ),
    "argument changed in a step": (
        "step-mutates-closure",
        """
        def fill(into): into["a"] = 1
        @svc.handler()
        async def h(ctx: Context) -> dict[str, int]:
            result = {}
            await ctx.run_typed("x", fill, into=result)
            return result
        """,
    ),
    "object changed in a step": (
        "step-mutates-closure",
        """
        class Total:
            value: int = 0
        @svc.handler()
        async def h(ctx: Context) -> int:
            total = Total()
            def step(): total.value = 3
            await ctx.run_typed("x", step)
            return total.value
        """,
    ),
    "operation in finally through a helper": (
        "effect-in-finally",
        """
        async def release(ctx): await ctx.run_typed("x", effect)
        @svc.handler()
        async def h(ctx: Context) -> None:
            try:
                await ctx.run_typed("y", effect)
            finally:
                await release(ctx)
        """,
    ),
    "operation in __aexit__": (
        "effect-in-finally",
        """
        class Lock:
            def __init__(self, ctx): self.ctx = ctx
            async def __aenter__(self): return self
            async def __aexit__(self, *exc): await self.ctx.run_typed("unlock", effect)
        @svc.handler()
        async def h(ctx: Context) -> None:
            async with Lock(ctx):
                await ctx.run_typed("y", effect)
        """,
    ),
    "tool of an agent": (
        "unstable-clock",
        """
        from restate.ext.openai import durable_function_tool, restate_context
        @durable_function_tool
        async def tool(city: str) -> str:
            await restate_context().run_typed("x", effect)
            return str(time.time())
        """,
    ),
    "tool of another agent": (
        "unstable-id",
        """
        from pydantic_ai import Agent
        from restate.ext.pydantic import restate_context
        agent = Agent("m")
        @agent.tool
        async def tool(ctx, city: str) -> str:
            r = restate_context()
            await r.run_typed("x", effect)
            return str(uuid.uuid4())
        """,
    ),
    "type under TYPE_CHECKING": (
        "unawaited-operation",
        """
        from typing import TYPE_CHECKING, Annotated, Optional
        if TYPE_CHECKING:
            from restate import Context as Ctx
        async def helper(x: "Optional[Ctx]"):
            x.run_typed("x", effect)
        @svc.handler()
        async def h(c) -> None:
            await helper(c)
        """,
    ),
    "unserialisable list of models": (
        "unserialisable-step-result",
        """
        from pydantic import BaseModel
        class M(BaseModel):
            x: int
        def step() -> list[M]: return []
        @svc.handler()
        async def h(ctx: Context) -> None:
            await ctx.run_typed("x", step)
        """,
    ),
    "raised over a terminal error": (
        "raise-from-none",
        """
        class Broken(Exception): ...
        @svc.handler()
        async def h(ctx: Context) -> None:
            try:
                await ctx.run_typed("x", effect)
            except TerminalError:
                raise Broken("x")
        """,
    ),
    "handler of another service called": (
        "direct-handler-call",
        """
        other = Service("Other")
        @other.handler()
        async def work(ctx: Context, x: int) -> int: return x
        @svc.handler()
        async def h(ctx: Context) -> int:
            return await work(ctx, 1)
        """,
    ),
    "import in the handler": (
        "unstable-id",
        """
        @svc.handler()
        async def h(ctx: Context) -> str:
            from secrets import token_hex
            return token_hex()
        """,
    ),
    "star arguments": (
        "context-in-step",
        """
        async def step(*args): await args[0].sleep(timedelta(seconds=1))
        async def forward(*args): return await args[0].run_typed("x", step, RunOptions(), *args)
        @svc.handler()
        async def h(ctx: Context) -> None:
            await forward(ctx)
        """,
    ),
    "seeded generator shared by invocations": (
        "unstable-id",
        """
        RNG = random.Random(1)
        @svc.handler()
        async def h(ctx: Context) -> float:
            return RNG.random()
        """,
    ),
}
