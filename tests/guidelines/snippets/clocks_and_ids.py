"""Clocks and random ids, far from the handler that asks for them."""

FOUND = {
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
}

CLEAN = {
    "factory overridden by arg": """
        @dataclasses.dataclass
        class A:
            id: str = dataclasses.field(default_factory=lambda: uuid.uuid4().hex)
        @svc.handler()
        async def h(ctx: Context) -> str:
            return A(id=str(ctx.uuid())).id
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
    "if __name__ main": """
        @svc.handler()
        async def h(ctx: Context) -> str: return ""
        if __name__ == "__main__":
            print(time.time()); asyncio.run(asyncio.sleep(1))
        """,
}
