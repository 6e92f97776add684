import functools
import operator
import random
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import httpx
import requests
import restate
from pydantic import BaseModel
from restate import Context, RunOptions

from steps import Steps, durable, forgiving, immediately, keyed_step, noisy, step, with_retries

service = restate.Service("HigherOrder")


class Req(BaseModel):
    urls: list[str]


class Res(BaseModel):
    values: list[Any] = []


def fetch(url: str) -> str:
    return requests.get(url).text  # OK: only in steps


def fetch_now(url: str) -> str:
    return requests.get(url).text  # BAD: do-I-3


def clock() -> float:
    return time.time()  # OK: only in steps


def loose_clock() -> float:
    return time.time()  # BAD: do-VI-2


async def download() -> str:
    async with httpx.AsyncClient() as http:  # MAY: do-I-3
        return (await http.get("https://x.example")).text  # BAD: do-I-3


@durable("quote")
def quote(url: str) -> str:
    return requests.get(url).text  # OK: the decorator makes it a step


@durable("stamp")
async def stamp(url: str) -> float:
    return time.time()  # OK: the decorator makes it a step


@noisy
async def greet(ctx: Context, name: str) -> str:
    return await ctx.run_typed("greet", str.title, RunOptions(), name)


@forgiving
async def maybe(ctx: Context, name: str) -> str:
    return await ctx.run_typed("maybe", str.title, RunOptions(), name)


@service.handler()
async def good(ctx: Context, req: Req) -> Res:
    first = await step(ctx, "fetch", fetch, req.urls[0])  # OK: the helper makes it a step
    second = await step(ctx, "clock", clock)  # OK: the helper makes it a step
    third = await step(ctx, "id", lambda: str(uuid.uuid4()))  # OK: the helper makes it a step
    fourth = await keyed_step(ctx, do=lambda key: requests.post("https://x.example", data=key).text)  # OK: the helper makes it a step
    steps = Steps(ctx)
    fifth = await steps.do("random", random.random)  # OK: the helper makes it a step
    sixth = await steps.twice(lambda: time.time())  # OK: the helper makes it a step
    seventh = await quote(ctx, req.urls[0])  # OK: decorated as a step
    eighth = await stamp(ctx, req.urls[0])  # OK: decorated as a step
    run = ctx.run_typed
    ninth = await run("clock", time.time)  # OK: an alias of the context's method
    named = functools.partial(ctx.run_typed, "named")
    tenth = await named(lambda: time.time())  # OK: partial of the context's method
    total = functools.reduce(operator.add, [1, 2])  # OK: pure
    plus = immediately(operator.add, 1, 2)  # OK: pure
    return Res(values=[first, second, third, fourth, fifth, sixth, seventh, eighth, ninth, tenth, total, plus])


@service.handler()
async def bad(ctx: Context, req: Req) -> Res:
    first = list(map(fetch_now, req.urls))
    second = immediately(loose_clock)
    third = immediately(time.monotonic)  # MAY: do-VI-2
    fourth = immediately(lambda: uuid.uuid4())  # BAD: do-VI-1
    fifth = await with_retries(download)
    sixth = sorted(req.urls, key=lambda url: random.random())  # BAD: do-VI-1
    seventh = functools.partial(requests.get, req.urls[0])()  # BAD: do-I-3
    eighth = await greet(ctx, "x")
    ninth = await maybe(ctx, "x")
    ids: defaultdict[str, uuid.UUID] = defaultdict(uuid.uuid4)  # BAD: do-VI-1
    now = time.time
    tenth = now()  # BAD: do-VI-2
    make = ticket_maker("T")
    eleventh = make()
    with Timer() as timer:
        twelfth = timer.started
    thirteenth = Tagger()("x")
    fourteenth = Ticket.new("y")
    fifteenth = TABLE["id"]()
    return Res(values=[first, second, third, fourth, fifth, sixth, seventh, eighth, ninth, ids["x"], tenth, eleventh, twelfth, thirteenth, fourteenth, fifteenth])


def ticket_maker(prefix: str):
    def make() -> str:
        return prefix + uuid.uuid4().hex  # BAD: do-VI-1

    return make


class Timer:
    def __enter__(self) -> "Timer":
        self.started = time.perf_counter()  # BAD: do-VI-2
        return self

    def __exit__(self, *exc: object) -> None:
        self.started = 0.0


class Tagger:
    def __call__(self, text: str) -> str:
        return f"{text}-{random.randint(1, 9)}"  # BAD: do-VI-1


@dataclass
class Ticket:
    name: str
    code: str = ""
    tags: list[str] = field(default_factory=list)

    @classmethod
    def new(cls, name: str) -> "Ticket":
        return cls(name, cls._code())

    @staticmethod
    def _code() -> str:
        return uuid.uuid4().hex  # BAD: do-VI-1

    def __post_init__(self) -> None:
        self.seen = time.time()  # BAD: do-VI-2


TABLE = {"id": lambda: uuid.uuid4().hex, "plain": lambda: "x"}  # BAD: do-VI-1
