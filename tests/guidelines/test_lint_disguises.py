"""More disguises: code that hides a violation deep in Python's ways, and code that only looks like one."""

from pathlib import Path
from textwrap import dedent

import pytest

from guidelines.finding import Severity
from tests.guidelines.snippets import HEAD
from tests.guidelines.trees import check

FOUND = {
    "tool via helper": (
        "unstable-clock",
        """
        from agents import function_tool
        from restate.ext.openai import restate_context
        async def save(): await restate_context().run_typed("x", effect)
        @function_tool(failure_error_function=None)
        async def tool() -> str:
            await save()
            return str(time.time())
        """,
    ),
    "adk tool list": (
        "unstable-id",
        """
        from google.adk.agents import Agent
        from restate.ext.adk import restate_context
        async def save(): await restate_context().run_typed("x", effect)
        async def tool() -> str:
            await save()
            return str(uuid.uuid4())
        agent = Agent(name="x", tools=[tool])
        """,
    ),
    "handler returns future": (
        "unawaited-operation",
        """
        @svc.handler()
        async def h(ctx: Context) -> str:
            return ctx.run_typed("x", effect)
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
    "hash": (
        "nondeterministic-call",
        """
        @svc.handler()
        async def h(ctx: Context, x: str) -> int:
            return hash(x)
        """,
    ),
    "boto resource chain": (
        "nondeterministic-call",
        """
        import boto3
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            boto3.resource("dynamodb").Table("t").put_item(Item={})
        """,
    ),
    "sqlalchemy session": (
        "nondeterministic-call",
        """
        from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
        from sqlalchemy import select
        Session = async_sessionmaker(create_async_engine("x"))
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            async with Session() as s:
                await s.execute(select(1))
        """,
    ),
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
    "union ctx": (
        "write-in-shared-handler",
        """
        async def put(c: ObjectContext | ObjectSharedContext): c.set("x", 1)
        @obj.handler("r", kind="shared")
        async def h(ctx: ObjectSharedContext) -> None:
            await put(ctx)
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
    "conditional import": (
        "nondeterministic-call",
        """
        try:
            import aiohttp
        except ImportError:
            aiohttp = None
        @svc.handler()
        async def h(ctx: Context) -> None:
            async with aiohttp.ClientSession() as s:
                async with s.get("http://x") as r:
                    await r.text()
        """,
    ),
    "class attr callable": (
        "unstable-clock",
        """
        class Clock:
            now = staticmethod(time.time)
        @svc.handler()
        async def h(ctx: Context) -> float:
            return Clock.now()
        """,
    ),
    "classmethod factory": (
        "unstable-id",
        """
        class Order:
            def __init__(self, id): self.id = id
            @classmethod
            def new(cls): return cls(str(uuid.uuid4()))
        @svc.handler()
        async def h(ctx: Context) -> str:
            return Order.new().id
        """,
    ),
    "__str__? via property": (
        "unstable-clock",
        """
        class A:
            @property
            def age(self) -> float: return time.time() - 1
        @svc.handler()
        async def h(ctx: Context) -> float:
            a = A()
            return a.age
        """,
    ),
    "__post_init__": (
        "unstable-id",
        """
        @dataclasses.dataclass
        class A:
            id: str = ""
            def __post_init__(self): self.id = self.id or uuid.uuid4().hex
        @svc.handler()
        async def h(ctx: Context) -> str:
            return A().id
        """,
    ),
    "generator expr any": (
        "unstable-id",
        """
        @svc.handler()
        async def h(ctx: Context, xs: list[int]) -> bool:
            return any(random.random() < x for x in xs)
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
    "httpx at module via annotation global": (
        "nondeterministic-call",
        """
        client: httpx.AsyncClient
        @svc.handler()
        async def h(ctx: Context) -> None:
            await client.post("http://x")
        """,
    ),
    "contextvar SDK": (
        "nondeterministic-call",
        """
        from restate.extensions import contextvar
        @contextvar
        @contextlib.asynccontextmanager
        async def http():
            async with httpx.AsyncClient() as c:
                yield c
        @svc.handler(invocation_context_managers=[http])
        async def h(ctx: Context) -> None:
            await http.value.get("http://x")
        """,
    ),
    "os.environ in": (
        "nondeterministic-call",
        """
        @svc.handler()
        async def h(ctx: Context) -> bool:
            return 'X' in os.environ
        """,
    ),
    "from os import environ": (
        "nondeterministic-call",
        """
        from os import environ as env
        @svc.handler()
        async def h(ctx: Context) -> str:
            return env['X']
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
    "llm method": (
        "llm-call-outside-step",
        """
        from openai import AsyncOpenAI
        client = AsyncOpenAI()
        @svc.handler()
        async def h(ctx: Context) -> str:
            r = await client.chat.completions.create(model="x", messages=[])
            return r.choices[0].message.content
        """,
    ),
    "anthropic self": (
        "llm-call-outside-step",
        """
        import anthropic
        class Bot:
            def __init__(self): self.c = anthropic.AsyncAnthropic()
            async def ask(self): return await self.c.messages.create(model="x")
        bot = Bot()
        @svc.handler()
        async def h(ctx: Context) -> None:
            await bot.ask()
        """,
    ),
    "pydantic-ai agent": (
        "llm-call-outside-step",
        """
        from pydantic_ai import Agent
        agent = Agent("x")
        @svc.handler()
        async def h(ctx: Context) -> None:
            await agent.run("q")
        """,
    ),
    "runner": (
        "llm-call-outside-step",
        """
        from agents import Agent, Runner
        agent = Agent(name="x")
        @svc.handler()
        async def h(ctx: Context) -> None:
            await Runner.run(agent, "q")
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
    "validator": (
        "unstable-clock",
        """
        from pydantic import BaseModel, field_validator
        class M(BaseModel):
            x: int
            @field_validator("x")
            @classmethod
            def check(cls, v):
                if time.time() > v: raise ValueError
                return v
        @svc.handler()
        async def h(ctx: Context) -> int:
            return M(x=1).x
        """,
    ),
    "str dunder": (
        "unstable-id",
        """
        class P:
            def __str__(self): return uuid.uuid4().hex
        @svc.handler()
        async def h(ctx: Context) -> str:
            return f"id {P()}"
        """,
    ),
    "add dunder": (
        "unstable-id",
        """
        class P:
            def __add__(self, o): return random.random()
        @svc.handler()
        async def h(ctx: Context) -> float:
            return P() + 1
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
    "singledispatchmethod": (
        "unstable-clock",
        """
        class V:
            @functools.singledispatchmethod
            def show(self, x): return 0
            @show.register
            def _(self, x: int): return time.time()
        @svc.handler()
        async def h(ctx: Context) -> float:
            return V().show(1)
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
    "handler from dict comp": (
        "unstable-clock",
        """
        async def a(ctx: Context) -> float: return time.time()
        HANDLERS = {"a": a}
        for name, fn in HANDLERS.items():
            svc.handler(name)(fn)
        """,
    ),
    "setdefault/deque": (
        "unstable-clock",
        """
        from collections import deque, defaultdict
        @svc.handler()
        async def h(ctx: Context) -> float:
            q = deque([lambda: time.time()])
            while q:
                q.popleft()()
            return 0.0
        """,
    ),
    "defaultdict list callbacks": (
        "unstable-clock",
        """
        from collections import defaultdict
        hooks = defaultdict(list)
        hooks["a"].append(lambda: time.time())
        @svc.handler()
        async def h(ctx: Context) -> float:
            for f in hooks["a"]: f()
            return 0.0
        """,
    ),
    "event emitter class": (
        "unstable-clock",
        """
        class Bus:
            def __init__(self): self.subs = {}
            def on(self, name):
                def deco(fn):
                    self.subs.setdefault(name, []).append(fn)
                    return fn
                return deco
            async def emit(self, name, *a):
                for fn in self.subs.get(name, []):
                    await fn(*a)
        bus = Bus()
        @bus.on("x")
        async def listener(ctx): return time.time()
        @svc.handler()
        async def h(ctx: Context) -> None:
            await bus.emit("x", ctx)
        """,
    ),
    "pipeline of steps fluent": (
        "context-in-step",
        """
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
            await Pipe(ctx).then("a", lambda: 1).then("b", lambda: ctx.uuid()).run()
        """,
    ),
    "promise without deadline": (
        "no-deadline",
        """
        @wf.main()
        async def run(ctx: WorkflowContext) -> str:
            return await ctx.promise("p", type_hint=str)
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
    "tool not using ctx": """
        from pydantic_ai import Agent
        agent = Agent("m")
        @agent.tool_plain
        def now() -> str: return str(time.time())
        @svc.handler()
        async def h(ctx: Context) -> str: return ""
        """,
    "list of set from step": """
        def names() -> list[str]: return list({"a", "b"})
        @svc.handler()
        async def h(ctx: Context) -> None:
            for n in await ctx.run_typed("n", names):
                await ctx.run_typed(n, effect, x=n)
        """,
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
    "sqlalchemy in step": """
        from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
        from sqlalchemy import select
        Session = async_sessionmaker(create_async_engine("x"))
        async def q() -> int:
            async with Session() as s:
                return (await s.execute(select(1))).scalar_one()
        @svc.handler()
        async def h(ctx: Context, x: str) -> int:
            stmt = select(1)
            return await ctx.run_typed("q", q)
        """,
    "requests exceptions and timeouts": """
        import requests
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            t = httpx.Timeout(5)
            def step() -> str:
                return requests.get(x, timeout=3).text
            try:
                return await ctx.run_typed("q", step)
            except TerminalError as e:
                if e.status_code == 409: raise
                return str(e) + str(httpx.URL(x).host)
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
    "factory overridden by arg": """
        @dataclasses.dataclass
        class A:
            id: str = dataclasses.field(default_factory=lambda: uuid.uuid4().hex)
        @svc.handler()
        async def h(ctx: Context) -> str:
            return A(id=str(ctx.uuid())).id
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
    "contextvar SDK in step": """
        from restate.extensions import contextvar
        @contextvar
        @contextlib.asynccontextmanager
        async def http():
            async with httpx.AsyncClient() as c:
                yield c
        async def step() -> str:
            return (await http.value.get("http://x")).text
        @svc.handler(invocation_context_managers=[http])
        async def h(ctx: Context) -> None:
            await ctx.run_typed("x", step)
        """,
    "RestateAgent": """
        from pydantic_ai import Agent
        from restate.ext.pydantic import RestateAgent
        agent = RestateAgent(Agent("x"))
        @svc.handler()
        async def h(ctx: Context) -> None:
            await agent.run("q")
        """,
    "async client outside": """
        @svc.handler()
        async def w(ctx: Context, x: int) -> int: return x
        async def main():
            async with restate.create_client("http://x") as c:
                await c.service_call(w, 1)
        asyncio.run(main())
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
    "shadowed names": """
        def time_(): return 1
        class random_: 
            @staticmethod
            def random(): return 4
        @svc.handler()
        async def h(ctx: Context) -> float:
            time = random_
            random = random_
            return random.random() + time.random()
        """,
    "local variable called uuid4": """
        @svc.handler()
        async def h(ctx: Context) -> str:
            def uuid4(): return ctx.uuid()
            return str(uuid4())
        """,
    "method time()": """
        @svc.handler()
        async def h(ctx: Context) -> float:
            t = await ctx.time()
            d = datetime.fromtimestamp(t)
            return d.time().hour + d.now_ if False else 0.0
        """,
    "seeded random passed": """
        def pick(rng, xs): return rng.choice(xs)
        @svc.handler()
        async def h(ctx: Context, xs: list[str]) -> str:
            return pick(ctx.random(), xs)
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
    "retried awaitables wrapper": """
        async def with_deadline(ctx, fut, seconds):
            match await restate.select(r=fut, t=ctx.sleep(timedelta(seconds=seconds))):
                case ["r", v]: return v
                case _: raise TerminalError("late")
        @svc.handler()
        async def h(ctx: Context) -> str:
            _, f = ctx.awakeable(type_hint=str)
            return await with_deadline(ctx, f, 3)
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
    "set built from step then sorted key": """
        @svc.handler()
        async def h(ctx: Context, xs: list[str]) -> None:
            pending = {x: ctx.run_typed(x, effect, x=x) for x in sorted(set(xs))}
            while pending:
                done, _ = await restate.wait_completed(*pending.values())
                pending = {k: f for k, f in pending.items() if f not in done}
        """,
    "gather of coroutines in sync? as_completed": """
        @svc.handler()
        async def h(ctx: Context) -> None:
            async for f in restate.as_completed(ctx.run_typed("a", effect), ctx.run_typed("b", effect)):
                await f
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
    "pipeline of steps fluent": """
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
            await Pipe(ctx).then("a", lambda: time.time()).then("b", lambda: str(uuid.uuid4())).run()
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
    "getattr dispatch op": """
        @svc.handler()
        async def w(ctx: Context, x: int) -> int: return x
        @svc.handler()
        async def h(ctx: Context, how: str) -> None:
            getattr(ctx, "service_send")(w, 1)
        """,
    "two services same helper one in step": """
        def stamp() -> float: return time.time()
        async def journaled(ctx): return await ctx.run_typed("t", stamp)
        async def other(ctx, now): return now + 1
        @svc.handler()
        async def h(ctx: Context) -> float:
            return await other(ctx, await journaled(ctx))
        """,
    "map with step lambda list": """
        @svc.handler()
        async def h(ctx: Context, xs: list[str]) -> list[str]:
            actions = [functools.partial(effect, x) for x in xs]
            fs = list(map(lambda a: ctx.run_typed("x", a), actions))
            return [await f for f in await restate.gather(*fs)]
        """,
    "nested function named as step": """
        @svc.handler()
        async def h(ctx: Context) -> str:
            now = await ctx.time()
            async def step() -> str:
                async def inner() -> str:
                    await asyncio.sleep(1)
                    return os.environ["X"] + open("x").read()
                return await inner()
            return await ctx.run_typed("x", step)
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
    "if __name__ main": """
        @svc.handler()
        async def h(ctx: Context) -> str: return ""
        if __name__ == "__main__":
            print(time.time()); asyncio.run(asyncio.sleep(1))
        """,
    "exception classes": """
        class Retry(Exception):
            def __init__(self, m): super().__init__(m); self.at = 1
        class Fatal(TerminalError):
            def __init__(self, m): super().__init__(m, status_code=409)
        @svc.handler()
        async def h(ctx: Context) -> str:
            try:
                return await ctx.run_typed("x", effect)
            except TerminalError as e:
                raise Fatal("x") from None
        """,
    "asyncio.sleep(0)?": """
        import logging
        log = restate.getLogger("x")
        @svc.handler()
        async def h(ctx: Context) -> str:
            log.info("x")
            return ""
        """,
    "workflow main sets, shared reads": """
        @wf.main()
        async def run(ctx: WorkflowContext) -> str:
            ctx.set("s", "x")
            match await restate.select(a=ctx.promise("p", type_hint=str).value(), t=ctx.sleep(timedelta(days=1))):
                case ["a", v]: return v
                case _: return ""
        @wf.handler()
        async def approve(ctx: WorkflowSharedContext) -> None:
            await ctx.promise("p", type_hint=str).resolve("x")
        @wf.handler()
        async def status(ctx: WorkflowSharedContext) -> str:
            return await ctx.get("s", type_hint=str) or ""
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


@pytest.mark.parametrize("name", FOUND)
def test_a_violation_is_found(name: str, tmp_path: Path) -> None:
    rule, code = FOUND[name]
    found = check(tmp_path, {"service.py": HEAD + dedent(code)})
    assert rule in {f.rule for f in found if f.severity is not Severity.ADVICE}, found
    assert {f.rule for f in found if f.severity is Severity.ERROR} <= {rule}


@pytest.mark.parametrize("name", CLEAN)
def test_right_code_is_clean(name: str, tmp_path: Path) -> None:
    found = check(tmp_path, {"service.py": HEAD + dedent(CLEAN[name])})
    assert [f for f in found if f.severity is not Severity.ADVICE and f.rule != "untyped-handler"] == []


def test_a_hundred_helpers_deep_is_not_too_deep(tmp_path: Path) -> None:
    helpers = "\n".join(f"async def f{n}(c, fn): return await f{n + 1}(c, fn)" for n in range(100))
    text = f"""
{HEAD}
{helpers}
async def f100(c, fn):
    c.run_typed("x", fn)
    return time.time()
@svc.handler()
async def h(ctx: Context) -> float:
    return await f0(ctx, lambda: time.time())
"""
    errors = [f.rule for f in check(tmp_path, {"service.py": text}) if f.severity is Severity.ERROR]
    assert errors == ["unawaited-operation", "unstable-clock"]
