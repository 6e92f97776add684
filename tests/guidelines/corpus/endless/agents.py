"""More endless loops, and agents' tools that hide errors."""
import random
import secrets
import string
from collections.abc import AsyncIterator
from datetime import timedelta

import restate
from agents import Agent, function_tool
from langchain_core.tools import tool
from pydantic import BaseModel
from pydantic_ai import Agent as PydanticAgent
from pydantic_ai import RunContext
from restate import Context, ObjectContext, ObjectSharedContext, TerminalError, WorkflowContext
from restate.ext.langchain import RestateMiddleware
from restate.ext.openai import restate_context
from restate.ext.pydantic import RestateAgent
from restate.ext.pydantic import restate_context as pydantic_context

feeds = restate.Service("Feeds")
devices = restate.VirtualObject("Devices")
monitor = restate.Workflow("Monitor")


class Feed(BaseModel):
    url: str
    every: float = 60


class Seen(BaseModel):
    count: int = 0


def poll(url: str) -> int:
    return len(url)


@feeds.handler()
async def follow(ctx: Context, feed: Feed) -> None:
    async for count in counts(ctx, feed):
        await ctx.run_typed("report", poll, url=str(count))


async def counts(ctx: Context, feed: Feed) -> AsyncIterator[int]:
    while True:  # BAD: do-I-5
        yield await ctx.run_typed("count", poll, url=feed.url)
        await ctx.sleep(timedelta(seconds=feed.every))


@monitor.main()
async def watch(ctx: WorkflowContext, feed: Feed) -> Seen:
    seen = 0
    running = True
    while running:  # BAD: do-I-5
        seen += await ctx.run_typed("poll", poll, url=feed.url)
        ctx.set("seen", seen)
        await ctx.sleep(timedelta(hours=1))
    return Seen(count=seen)


@devices.handler()
async def supervise(ctx: ObjectContext, feed: Feed) -> None:
    while not False:  # BAD: do-I-5
        ctx.object_send(supervise, key="other", arg=feed)
        await ctx.run_typed("poll", poll, url=feed.url)


@devices.handler()
async def until_found(ctx: ObjectContext, feed: Feed) -> Seen:
    for attempt in range(100):  # OK: bounded
        if count := await ctx.run_typed(f"poll {attempt}", poll, url=feed.url):
            return Seen(count=count)
    raise TerminalError("not found in a hundred tries", status_code=404)


@devices.handler()
async def page_through(ctx: ObjectContext, feed: Feed) -> Seen:
    cursor: str | None = feed.url
    pages = 0
    while cursor:  # OK: ends with the last page
        cursor = await ctx.run_typed(f"page {pages}", lambda c=cursor: c[1:] or None)
        pages += 1
    return Seen(count=pages)


@devices.handler()
async def enrol(ctx: ObjectContext, feed: Feed) -> Seen:
    rng = ctx.random()
    password = "".join(rng.choices(string.ascii_letters, k=16))  # BAD: dont-I-6
    session_token = make_token(ctx)
    verification_code = ctx.uuid().hex  # BAD: dont-I-6
    ctx.set("secret", str(ctx.uuid()))  # BAD: dont-I-6
    good = await ctx.run_typed("password", lambda: secrets.token_urlsafe(16))  # OK: a real secret
    correlation_id = str(ctx.uuid())  # OK: not a secret
    shard = ctx.random().randrange(16)  # OK: not a secret
    ctx.set("request_id", str(ctx.uuid()))  # OK: not a secret
    return Seen(count=len(f"{password}{session_token}{verification_code}{good}{correlation_id}{shard}"))


def make_token(ctx: Context) -> str:
    return str(ctx.uuid())  # BAD: dont-I-6


pydantic_agent = PydanticAgent("openai:gpt-5")
durable_agent = RestateAgent(pydantic_agent)


@pydantic_agent.tool
async def swallow(run: RunContext[None], url: str) -> str:
    """Swallows."""
    try:
        return str(await pydantic_context().run_typed("poll", poll, url=url))
    except Exception:  # BAD: dont-I-1|do-VIII-3
        return "the tool failed, try another one"


@pydantic_agent.tool_plain
async def swallow_terminal(url: str) -> str:
    """Swallows terminal errors only."""
    try:
        return str(await pydantic_context().run_typed("poll", poll, url=url))
    except TerminalError as error:  # BAD: do-V-7|do-VIII-3
        return error.message


@tool
async def lucky(url: str) -> str:
    """A LangChain tool."""
    number = random.randint(1, 6)  # BAD: do-VI-1
    return str(await restate_context().run_typed("lucky", poll, url=f"{url}{number}"))


@tool
async def steady(url: str) -> str:
    """A LangChain tool that behaves."""
    return str(await restate_context().run_typed("steady", lambda: random.randint(1, 6)))  # OK: in a step


@devices.handler()
async def ask(ctx: ObjectContext, feed: Feed) -> Seen:
    result = await durable_agent.run(feed.url)  # OK: RestateAgent persists
    from langchain.agents import create_agent

    chain = create_agent(model="openai:gpt-5", tools=[lucky, steady], middleware=[RestateMiddleware()])  # OK: no call yet
    answer = await chain.ainvoke({"messages": []})  # OK: the middleware persists
    return Seen(count=len(f"{result.output}{answer}"))


@function_tool
def add(a: int, b: int) -> int:  # OK: no context, nothing to fail
    """Adds."""
    return a + b


@feeds.handler()
async def subscribe(ctx: Context, feed=None) -> Seen:  # BAD: do-IV-6
    return Seen(count=len(str(feed)))


@devices.handler(kind="shared")
async def status(ctx: ObjectSharedContext, *, feed=None) -> Seen:  # MAY: do-IV-6
    return Seen(count=len(str(feed)))
