"""Errors in newcomers' ways: swallowed, replaced, turned into text; and code that does the same with good reason."""

from pathlib import Path
from textwrap import dedent

import pytest

from guidelines.finding import Severity
from tests.guidelines.snippets import HEAD
from tests.guidelines.trees import check

FOUND = {
    "logged and forgotten": (
        "swallowed-terminal-error",
        """
        import logging
        @svc.handler()
        async def h(ctx: Context) -> str:
            try:
                return await ctx.run_typed("x", effect)
            except TerminalError as e:
                logging.warning("failed: %s", e.message)
            return ""
        """,
    ),
    "stored in a field": (
        "swallowed-terminal-error",
        """
        @obj.handler()
        async def h(ctx: ObjectContext, x: str) -> str:
            status = "ok"
            try:
                await ctx.run_typed("x", effect)
            except TerminalError as e:
                status = f"failed: {e}"
            ctx.set("status", status)
            return status
        """,
    ),
    "asks for 404 only": (
        "swallowed-terminal-error",
        """
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            try:
                return await ctx.service_call(other, x)
            except TerminalError as e:
                if e.status_code == 404:
                    return "none"
                return "failed"
        @svc.handler()
        async def other(ctx: Context, x: str) -> str: return x
        """,
    ),
    "cancelled is a word for the log": (
        "swallowed-terminal-error",
        """
        def is_cancellation(e): return e.status_code == 409
        @wf.main()
        async def h(ctx: WorkflowContext, x: str) -> str:
            try:
                await ctx.run_typed("x", effect)
            except TerminalError as e:
                ctx.set("status", "cancelled" if is_cancellation(e) else "failed")
                return "no"
            return "ok"
        """,
    ),
    "compensates and returns": (
        "swallowed-terminal-error",
        """
        class Saga:
            def __init__(self): self.undo = []
            async def compensate(self, failure):
                failed = []
                for u in reversed(self.undo):
                    try: await u()
                    except TerminalError as e: failed.append(e.message)
                if failed: raise TerminalError("; ".join(failed)) from failure
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            saga = Saga()
            try:
                saga.undo.append(functools.partial(ctx.run_typed, "undo", effect))
                await ctx.run_typed("x", effect)
            except TerminalError as failure:
                await saga.compensate(failure)
                return "failed"
            return "ok"
        """,
    ),
    "after a gather of others": (
        "swallowed-terminal-error",
        """
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            a, b = ctx.run_typed("a", effect), ctx.run_typed("b", effect)
            await restate.gather(a)
            try:
                return await b
            except TerminalError:
                return ""
        """,
    ),
    "suppressed by a tuple": (
        "swallowed-terminal-error",
        """
        IGNORED = (TerminalError, KeyError)
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            with contextlib.suppress(*IGNORED):
                await ctx.run_typed("a", effect)
        """,
    ),
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
    "an error in a variable": (
        "raise-from-none",
        """
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            try:
                return await ctx.run_typed("a", effect)
            except TerminalError as e:
                error = ValueError(e.message)
                raise error from None
        """,
    ),
    "a renamed function_tool": (
        "agent-tool-errors",
        """
        from agents import function_tool as ft
        from restate.ext.openai import restate_context
        @ft
        async def book(city: str) -> str:
            return await restate_context().run_typed("x", effect)
        """,
    ),
    "a react agent": (
        "llm-call-outside-step",
        """
        from langgraph.prebuilt import create_react_agent
        from restate.ext.langchain import RestateMiddleware
        agent = create_react_agent("gpt", tools=[])
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            return str(await agent.ainvoke({"messages": [x]}))
        """,
    ),
    "a promise in a service": (
        "promise-outside-workflow",
        """
        async def wait(ctx): return await ctx.promise("p", type_hint=str).peek()
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            return await wait(ctx) or ""
        """,
    ),
    "a promise in an object": (
        "promise-outside-workflow",
        """
        @obj.handler("x", kind="shared")
        async def h(ctx: ObjectSharedContext, x: str) -> None:
            await ctx.promise("p", type_hint=str).resolve(x)
        """,
    ),
    "a promise in a helper nobody calls": (
        "promise-outside-workflow",
        """
        async def approve(ctx: ObjectContext, x: str) -> None:
            await ctx.promise("p", type_hint=str).resolve(x)
        """,
    ),
    "HTTPException": (
        "raise-from-none",
        """
        from fastapi import HTTPException
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            try:
                return await ctx.run_typed("a", effect)
            except TerminalError as e:
                raise HTTPException(402, e.message) from None
        """,
    ),
    "own error without from": (
        "raise-from-none",
        """
        class ShopError(Exception): pass
        class OutOfStock(ShopError): pass
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            try:
                return await ctx.run_typed("a", effect)
            except TerminalError as e:
                if e.status_code == 404:
                    raise OutOfStock(x)
                raise
        """,
    ),
    "error made by a function": (
        "raise-from-none",
        """
        class ShopError(Exception): pass
        def as_shop_error(e: TerminalError) -> ShopError: return ShopError(e.message)
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            try:
                return await ctx.run_typed("a", effect)
            except TerminalError as e:
                raise as_shop_error(e) from None
        """,
    ),
    "return in finally": (
        "effect-in-finally",
        """
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            result = "failed"
            try:
                result = await ctx.run_typed("a", effect)
            finally:
                return result
        """,
    ),
    "continue in finally": (
        "effect-in-finally",
        """
        @svc.handler()
        async def h(ctx: Context, xs: list[str]) -> None:
            for x in xs:
                try:
                    await ctx.run_typed(x, effect, x=x)
                finally:
                    continue
        """,
    ),
    "exit stack of a helper": (
        "effect-in-finally",
        """
        async def unlock(ctx): await ctx.run_typed("unlock", effect)
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            async with contextlib.AsyncExitStack() as stack:
                stack.push_async_callback(unlock, ctx)
                await ctx.run_typed("a", effect)
        """,
    ),
    "exit stack of a lambda": (
        "effect-in-finally",
        """
        @obj.handler()
        async def h(ctx: ObjectContext, x: str) -> None:
            with contextlib.ExitStack() as stack:
                ctx.set("busy", True)
                stack.callback(lambda: ctx.clear("busy"))
                await ctx.run_typed("a", effect)
        """,
    ),
    "suppress by a tuple": (
        "broad-except",
        """
        ANY = (ValueError, Exception)
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            with contextlib.suppress(*ANY):
                await ctx.run_typed("a", effect)
        """,
    ),
    "bare except that raises sometimes": (
        "broad-except",
        """
        import logging
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            try:
                await ctx.run_typed("a", effect)
            except:
                logging.exception("oops")
                if x == "debug":
                    raise
        """,
    ),
    "except group": (
        "broad-except",
        """
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            try:
                await ctx.run_typed("a", effect)
            except* (TerminalError, Exception):
                pass
        """,
    ),
    "retry decorator": (
        "broad-except",
        """
        import tenacity
        @tenacity.retry(stop=tenacity.stop_after_attempt(3))
        async def work(ctx): await ctx.run_typed("a", effect)
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            await work(ctx)
        """,
    ),
    "while a constant": (
        "endless-loop",
        """
        POLLING = True
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            while POLLING:
                await ctx.run_typed("a", effect)
        """,
    ),
    "while not done": (
        "endless-loop",
        """
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            done: bool = False
            while not done:
                await ctx.run_typed("a", effect)
                await ctx.sleep(timedelta(hours=1))
        """,
    ),
    "counting": (
        "endless-loop",
        """
        from itertools import count
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            for n, m in enumerate(count(1)):
                for y in x:
                    if y: break
                await ctx.run_typed(f"a{n}", effect)
        """,
    ),
    "an endless generator": (
        "endless-loop",
        """
        def ticks():
            n = 0
            while 1:
                yield n
                n += 1
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            for n in ticks():
                await ctx.run_typed(f"a{n}", effect)
        """,
    ),
    "errors as text": (
        "agent-tool-errors",
        """
        from agents import function_tool
        from restate.ext.openai import restate_context
        def explain(context, error) -> str: return f"sorry: {error}"
        @function_tool(failure_error_function=explain)
        async def book(city: str) -> str:
            return await restate_context().run_typed("x", effect)
        """,
    ),
    "errors as text of a lambda": (
        "agent-tool-errors",
        """
        from agents import function_tool
        from restate.ext.openai import restate_context
        async def book(city: str) -> str:
            return await restate_context().run_typed("x", effect)
        tool = function_tool(book, failure_error_function=lambda context, error: "failed")
        """,
    ),
    "chat model beside a middleware": (
        "llm-call-outside-step",
        """
        from langchain.agents import create_agent
        from langchain_openai import ChatOpenAI
        from restate.ext.langchain import RestateMiddleware
        agent = create_agent("gpt", tools=[], middleware=[RestateMiddleware()])
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            await agent.ainvoke({"messages": [x]})
            return (await ChatOpenAI(model="gpt").with_structured_output(dict).ainvoke(x)).content
        """,
    ),
    "agent without middleware": (
        "llm-call-outside-step",
        """
        from langchain.agents import create_agent
        from restate.ext.langchain import RestateMiddleware
        good = create_agent("gpt", tools=[], middleware=[RestateMiddleware()])
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            agent = create_agent("gpt", tools=[])
            return (await agent.ainvoke({"messages": [x]}))["messages"][-1].content
        """,
    ),
    "groq": (
        "llm-call-outside-step",
        """
        from groq import AsyncGroq
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            client = AsyncGroq()
            answer = await client.chat.completions.create(model="m", messages=[])
            return answer.choices[0].message.content
        """,
    ),
    "ollama": (
        "llm-call-outside-step",
        """
        import ollama
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            return ollama.chat(model="m", messages=[])["message"]["content"]
        """,
    ),
    "anthropic stream": (
        "llm-call-outside-step",
        """
        from anthropic import AsyncAnthropic
        claude = AsyncAnthropic()
        async def ask(x: str) -> str:
            async with claude.messages.stream(model="m", max_tokens=1, messages=[]) as stream:
                return await stream.get_final_text()
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            return await ask(x)
        """,
    ),
    "gemini": (
        "llm-call-outside-step",
        """
        from google import genai
        class Bot:
            def __init__(self): self.client = genai.Client()
            async def ask(self, x: str) -> str:
                return (await self.client.aio.models.generate_content(model="m", contents=x)).text
        bot = Bot()
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            return await bot.ask(x)
        """,
    ),
    "a chain of a prompt and a model": (
        "llm-call-outside-step",
        """
        from langchain_core.prompts import ChatPromptTemplate
        from langchain_openai import ChatOpenAI
        chain = ChatPromptTemplate.from_template("{x}") | ChatOpenAI(model="gpt")
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            return (await chain.ainvoke({"x": x})).content
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
    "tries again by hand": (
        "swallowed-terminal-error",
        """
        @svc.handler()
        async def h(ctx: Context, n: int) -> str:
            for i in range(3):
                try:
                    return await ctx.run_typed("a", effect)
                except TerminalError as e:
                    last = e
                    await ctx.sleep(timedelta(seconds=2 ** i))
            return "gave up"
        """,
    ),
    "a rejection and a cancellation alike": (
        "swallowed-terminal-error",
        """
        @svc.handler()
        async def h(ctx: Context, n: int) -> str:
            id, fut = ctx.awakeable(type_hint=str)
            await ctx.run_typed("send", effect, x=id)
            try:
                match await restate.select(a=fut, t=ctx.sleep(timedelta(days=1))):
                    case ["a", v]: return v
                    case _: return "late"
            except TerminalError as err:
                return "rejected: " + err.message
        """,
    ),
    "break in finally": (
        "effect-in-finally",
        """
        @svc.handler()
        async def h(ctx: Context, n: int) -> None:
            while n:
                try:
                    await ctx.run_typed("send", effect)
                    n -= 1
                finally:
                    if n > 3: break
        """,
    ),
    "an exit pushed": (
        "effect-in-finally",
        """
        class Lock:
            def __init__(self, ctx): self.ctx = ctx
            async def __aenter__(self): return self
            async def __aexit__(self, *a): self.ctx.clear("l")
        @obj.handler()
        async def h(ctx: ObjectContext, n: int) -> None:
            async with contextlib.AsyncExitStack() as stack:
                lock = Lock(ctx)
                stack.push_async_exit(lock)
                await ctx.run_typed("send", effect)
        """,
    ),
    "suppress in a stack": (
        "broad-except",
        """
        @obj.handler()
        async def h(ctx: ObjectContext, n: int) -> None:
            with contextlib.ExitStack() as stack:
                stack.enter_context(contextlib.suppress(Exception))
                await ctx.run_typed("send", effect)
        """,
    ),
    "suppress in a variable": (
        "broad-except",
        """
        quietly = contextlib.suppress(Exception)
        @obj.handler()
        async def h(ctx: ObjectContext, n: int) -> None:
            with quietly:
                await ctx.run_typed("send", effect)
        """,
    ),
    "an attribute that never changes": (
        "endless-loop",
        """
        class Poller:
            def __init__(self, ctx): self.ctx = ctx; self.running = True
            async def run(self):
                while self.running:
                    await self.ctx.run_typed("send", effect)
                    await self.ctx.sleep(timedelta(seconds=5))
        @svc.handler()
        async def h(ctx: Context, n: int) -> None:
            await Poller(ctx).run()
        """,
    ),
    "never stops, or": (
        "endless-loop",
        """
        @svc.handler()
        async def h(ctx: Context, n: int) -> None:
            stop = False
            while not stop or n > 3:
                await ctx.run_typed("send", effect)
        """,
    ),
    "iter of a constant": (
        "endless-loop",
        """
        @svc.handler()
        async def h(ctx: Context, n: int) -> None:
            for _ in iter(int, 1):
                await ctx.run_typed("send", effect)
        """,
    ),
    "a promise through self": (
        "promise-outside-workflow",
        """
        class Approvals:
            def __init__(self, ctx: ObjectContext): self.ctx = ctx
            async def wait(self): return await self.ctx.promise("x", type_hint=bool).peek()
        @obj.handler()
        async def h(ctx: ObjectContext, n: int) -> None:
            await Approvals(ctx).wait()
            ctx.clear_all()
        """,
    ),
    "errors as text of a partial": (
        "agent-tool-errors",
        """
        from agents import function_tool, Agent
        from restate.ext.openai import restate_context
        import functools
        def to_text(prefix, context, error): return prefix + str(error)
        @function_tool(failure_error_function=functools.partial(to_text, "x"))
        async def book(city: str) -> str:
            return await restate_context().run_typed("x", effect)
        """,
    ),
    "a model in an attribute": (
        "llm-call-outside-step",
        """
        from langchain_anthropic import ChatAnthropic
        from restate.ext.langchain import RestateMiddleware
        class Bot:
            def __init__(self): self.llm = ChatAnthropic(model="x").bind_tools([])
            async def ask(self, x): return (await self.llm.ainvoke(x)).content
        @svc.handler()
        async def h(ctx: Context, n: str) -> str:
            return await Bot().ask(n)
        """,
    ),
    "an agent in an attribute": (
        "llm-call-outside-step",
        """
        from langchain.agents import create_agent
        from restate.ext.langchain import RestateMiddleware
        good = create_agent("gpt", middleware=[RestateMiddleware()])
        class Bot:
            def __init__(self): self.agent = create_agent("gpt", tools=[])
            async def ask(self, x): return await self.agent.ainvoke(x)
        @svc.handler()
        async def h(ctx: Context, n: str) -> str:
            return str(await Bot().ask(n))
        """,
    ),
    "mistral": (
        "llm-call-outside-step",
        """
        from mistralai import Mistral
        @svc.handler()
        async def h(ctx: Context, n: str) -> str:
            with Mistral(api_key="x") as m:
                return m.chat.complete(model="x", messages=[]).choices[0].message.content
        """,
    ),
    "a subclass of HTTPException": (
        "raise-from-none",
        """
        from starlette.exceptions import HTTPException as E
        class Gone(E):
            def __init__(self): super().__init__(410)
        @svc.handler()
        async def h(ctx: Context, n: str) -> str:
            try:
                return await ctx.run_typed("a", effect)
            except TerminalError as e:
                raise Gone
        """,
    ),
}

CLEAN = {
    "raised after the loop": """
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            failed = []
            for n in range(3):
                try:
                    await ctx.run_typed(f"{n}", effect)
                except TerminalError as e:
                    failed.append(e)
            if failed:
                raise failed[0]
        """,
    "a flag decides": """
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            ok = True
            try:
                await ctx.run_typed("a", effect)
            except TerminalError:
                ok = False
            if not ok:
                await ctx.run_typed("undo", effect)
                raise TerminalError("no")
        """,
    "the cause decides": """
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            try:
                await ctx.run_typed("a", effect)
            except TerminalError as e:
                match e.status_code:
                    case 409: return "cancelled"
                    case _: return "failed"
            return "ok"
        """,
    "a helper raises it": """
        def check(error: TerminalError) -> None:
            if error.message == "cancelled":
                raise error
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            try:
                await ctx.run_typed("a", effect)
            except TerminalError as e:
                check(e)
                return "failed"
            return "ok"
        """,
    "a compensation that fails": """
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            undo = []
            try:
                undo.append(lambda: ctx.run_typed("undo", effect))
                return await ctx.run_typed("a", effect)
            except TerminalError:
                for step in reversed(undo):
                    try:
                        await step()
                    except TerminalError as failed:
                        undo.clear()
                raise
        """,
    "compensations in a helper": """
        async def undo_all(ctx, undo):
            for step in reversed(undo):
                try:
                    await step()
                except TerminalError as failed:
                    undo.clear()
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            undo = []
            try:
                undo.append(lambda: ctx.run_typed("undo", effect))
                return await ctx.run_typed("a", effect)
            except TerminalError:
                await undo_all(ctx, undo)
                raise
        """,
    "a subclass is no cancellation": """
        class Declined(TerminalError): pass
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            try:
                await pay(ctx)
            except Declined:
                return "declined"
            return "ok"
        async def pay(ctx: Context) -> None:
            if await ctx.run_typed("a", effect): raise Declined("no")
        """,
    "complete after wait_completed": """
        @svc.handler()
        async def h(ctx: Context, xs: list[str]) -> int:
            futures = {x: ctx.run_typed(x, effect, x=x) for x in xs}
            done, _ = await restate.wait_completed(*futures.values())
            good = 0
            for future in futures.values():
                try:
                    await future
                    good += 1
                except TerminalError as e:
                    good -= 1
            return good
        """,
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
    "nothing awaited": """
        def validate(x: str) -> None:
            if not x: raise TerminalError("empty")
        @obj.handler()
        async def h(ctx: ObjectContext, x: str) -> str:
            try:
                validate(x)
                ctx.set("x", x)
            except TerminalError as e:
                return e.message
            ctx.clear_all()
            return "ok"
        """,
    "a chat that is not used yet": """
        from google import genai
        client = genai.Client()
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            chat = client.chats.create(model="m")
            return await ctx.run_typed("ask", lambda: chat.send_message(x).text)
        """,
    "another server": """
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            return await ctx.run_typed("x", lambda: httpx.post("https://api.example/orders/h2").text)
        """,
    "a promise in a helper of a workflow": """
        async def approve(ctx, x: str) -> None: await ctx.promise("p", type_hint=str).resolve(x)
        @wf.handler()
        async def h(ctx: WorkflowSharedContext, x: str) -> None: await approve(ctx, x)
        """,
    "a promise of any context": """
        async def approve(ctx: ObjectContext | WorkflowContext, x: str) -> None:
            if isinstance(ctx, WorkflowContext):
                await ctx.promise("p", type_hint=str).resolve(x)
        """,
    "a promise that is no promise": """
        class Ctx:
            def promise(self, x: str) -> str: return x
        @svc.handler()
        async def h(ctx: Context, x: str) -> str: return Ctx().promise(x)
        """,
    "terminal over terminal": """
        class Failed(TerminalError): pass
        def failed(e) -> Failed: return Failed(e.message)
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            try:
                return await ctx.run_typed("a", effect)
            except TerminalError as e:
                if x: raise Failed("x") from None
                raise failed(e) from None
        """,
    "finally that only cleans up": """
        @svc.handler()
        async def h(ctx: Context, xs: list[str]) -> int:
            seen = 0
            try:
                await ctx.run_typed("a", effect)
            finally:
                for x in xs:
                    if x: break
                seen += 1
            return seen
        """,
    "return in finally of a step": """
        def step(x: str) -> str:
            try:
                return httpx.get(x).text
            finally:
                return ""
        @svc.handler()
        async def h(ctx: Context, x: str) -> str: return await ctx.run_typed("a", step, x=x)
        """,
    "exit stack without effects": """
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            names = [x]
            with contextlib.ExitStack() as stack:
                stack.callback(names.clear)
                await ctx.run_typed("a", effect)
        """,
    "a retry in a step": """
        import tenacity
        @tenacity.retry
        def step() -> str: return httpx.get("x").text
        @svc.handler()
        async def h(ctx: Context, x: str) -> str: return await ctx.run_typed("a", step)
        """,
    "loops that end": """
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            more = True
            n = 0
            while more:
                more = bool(await ctx.run_typed("a", effect))
            going = True
            def stop() -> None:
                nonlocal going
                going = False
            while going:
                await ctx.run_typed("b", effect)
                stop()
            while n < 10:
                n += 1
                await ctx.run_typed("c", effect)
        """,
    "an error function that raises": """
        from agents import function_tool
        from restate.ext.openai import raise_terminal_errors, restate_context
        def explain(context, error) -> str:
            if isinstance(error, TerminalError): raise error
            return f"sorry: {error}"
        def careful(context, error) -> str: return raise_terminal_errors(context, error)
        @function_tool(failure_error_function=explain)
        async def book(city: str) -> str: return await restate_context().run_typed("x", effect)
        @function_tool(failure_error_function=careful)
        async def look(city: str) -> str: return await restate_context().run_typed("x", effect)
        @function_tool(failure_error_function=None)
        async def go(city: str) -> str: return await restate_context().run_typed("x", effect)
        """,
    "middleware in a variable": """
        from langchain.agents import create_agent
        from restate.ext.langchain import RestateMiddleware
        middleware = [RestateMiddleware()]
        agent = create_agent("gpt", tools=[], middleware=middleware)
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            return str(await agent.ainvoke({"messages": [x]}))
        """,
    "an agent of a helper": """
        from langchain.agents import create_agent
        from restate.ext.langchain import RestateMiddleware
        def specialist(prompt: str):
            return create_agent("gpt", tools=[], system_prompt=prompt, middleware=[RestateMiddleware()])
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            agent = specialist("decide")
            return str(await agent.ainvoke({"messages": [x]}))
        """,
    "a model in a step": """
        from langchain_openai import ChatOpenAI
        model = ChatOpenAI(model="gpt")
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            async def ask() -> str: return (await model.ainvoke(x)).content
            return await ctx.run_typed("ask", ask)
        """,
    "raised after all tries": """
        @svc.handler()
        async def h(ctx: Context, n: int) -> str:
            last = None
            for i in range(3):
                try:
                    return await ctx.run_typed("a", effect)
                except TerminalError as e:
                    last = e
                    await ctx.sleep(timedelta(seconds=2 ** i))
            raise last or TerminalError("x")
        """,
    "asks for the word": """
        @svc.handler()
        async def h(ctx: Context, n: int) -> str:
            try:
                return await ctx.run_typed("send", effect)
            except TerminalError as err:
                if "cancel" in str(err).lower():
                    return "cancelled"
                return "x"
        """,
    "raises but for one status": """
        @svc.handler()
        async def h(ctx: Context, n: int) -> str:
            try:
                return await ctx.run_typed("send", effect)
            except TerminalError as err:
                if err.status_code != 404:
                    raise
                return "x"
        """,
    "asks by name": """
        from http import HTTPStatus
        @svc.handler()
        async def h(ctx: Context, n: int) -> str:
            try:
                return await ctx.run_typed("send", effect)
            except TerminalError as err:
                cancelled = err.status_code == HTTPStatus.CONFLICT
                return "cancelled" if cancelled else "failed"
        """,
    "a saga that raises": """
        from typing import NoReturn
        class Saga:
            def __init__(self, ctx): self.ctx = ctx; self.undo = []
            async def abort(self, error: TerminalError) -> NoReturn:
                for u in reversed(self.undo): await u()
                raise error
        @svc.handler()
        async def h(ctx: Context, n: int) -> str:
            saga = Saga(ctx)
            try:
                return await ctx.run_typed("send", effect)
            except TerminalError as err:
                await saga.abort(err)
        """,
    "a saga as a manager": """
        class Saga:
            def __init__(self, ctx): self.ctx = ctx; self.undo = []
            async def __aenter__(self): return self
            async def __aexit__(self, kind, error, tb):
                return False
        @svc.handler()
        async def h(ctx: Context, n: int) -> str:
            async with Saga(ctx) as saga:
                return await ctx.run_typed("send", effect)
        """,
    "compensates after the clause": """
        @svc.handler()
        async def h(ctx: Context, n: int) -> None:
            undo = []
            error = None
            try:
                undo.append(functools.partial(ctx.run_typed, "undo", effect))
                await ctx.run_typed("send", effect)
            except TerminalError as err:
                error = err
            if error is not None:
                for u in reversed(undo):
                    await u()
                raise error
        """,
    "a cause in a variable": """
        @svc.handler()
        async def h(ctx: Context, n: str) -> str:
            try:
                return await ctx.run_typed("a", effect)
            except TerminalError as e:
                cause = e
                raise ValueError("x") from cause
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
    "loop flag in dict": """
        @svc.handler()
        async def h(ctx: Context, n: int) -> None:
            active = True
            while active:
                match await ctx.run_typed("x", effect):
                    case "stop": active = False
                    case _: pass
        """,
    "loop nonlocal": """
        @svc.handler()
        async def h(ctx: Context, n: int) -> None:
            done = False
            for _ in range(3):
                if await ctx.run_typed("x", effect): done = True
            while not done:
                done = bool(await ctx.run_typed("y", effect))
        """,
    "while True with return": """
        @svc.handler()
        async def h(ctx: Context, n: int) -> str:
            page = 0
            while True:
                got = await ctx.run_typed(f"p{page}", effect)
                if not got: return "done"
                page += 1
        """,
    "repeat bounded": """
        import itertools
        @svc.handler()
        async def h(ctx: Context, n: int) -> None:
            for x in itertools.repeat("x", 3):
                await ctx.run_typed("p", effect, x=x)
            for x, y in zip(itertools.count(), ["a", "b"]):
                await ctx.run_typed("p", effect, x=y)
            for x in itertools.islice(itertools.count(), 3):
                await ctx.run_typed("p", effect, x=str(x))
            for x in itertools.takewhile(lambda v: v < 3, itertools.count()):
                await ctx.run_typed("p", effect, x=str(x))
        """,
    "raise from error": """
        class AppError(Exception): pass
        @svc.handler()
        async def h(ctx: Context, n: int) -> str:
            try:
                return await ctx.run_typed("p", effect)
            except TerminalError as e:
                raise AppError("x") from e
        """,
    "with suppress cancelled helper": """
        @svc.handler()
        async def h(ctx: Context, n: int) -> str:
            with contextlib.suppress(KeyError, ValueError):
                await ctx.run_typed("p", effect)
            with contextlib.ExitStack() as stack:
                stack.enter_context(contextlib.suppress(KeyError))
                await ctx.run_typed("p", effect)
            return ""
        """,
    "terminal then broad reraise": """
        @svc.handler()
        async def h(ctx: Context, n: int) -> str:
            try:
                return await ctx.run_typed("p", effect)
            except TerminalError:
                raise
            except BaseException:
                raise
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
    "wf promise peek reject": """
        @wf.main()
        async def run(ctx: WorkflowContext, n: int) -> str:
            p = ctx.promise("d", type_hint=str)
            match await restate.select(p=p.value(), t=ctx.sleep(timedelta(days=1))):
                case ["p", v]: return v
                case _: return "late"
        @wf.handler()
        async def reject(ctx: WorkflowSharedContext, why: str) -> None:
            await ctx.promise("d", type_hint=str).reject(why, 409)
        """,
    "llm lcel in step": """
        from langchain_core.prompts import ChatPromptTemplate
        from langchain_openai import ChatOpenAI
        chain = ChatPromptTemplate.from_template("x") | ChatOpenAI()
        async def ask(x: str) -> str: return (await chain.ainvoke({"x": x})).content
        @svc.handler()
        async def h(ctx: Context, n: str) -> str:
            prompt = ChatPromptTemplate.from_template("{x}").invoke({"x": n})
            return await ctx.run_typed("ask", ask, x=str(prompt))
        """,
    "types or": """
        import decimal
        Money = decimal.Decimal | int
        @svc.handler()
        async def h(ctx: Context, n: str) -> str:
            x: Money | None = None
            flags = os.O_RDONLY | os.O_CREAT
            return f"{x}{flags}"
        """,
    "compensate except sends": """
        @svc.handler()
        async def h(ctx: Context, n: str) -> str:
            try:
                return await ctx.run_typed("a", effect)
            except TerminalError as e:
                ctx.service_send(undo, n)
                raise TerminalError(f"failed: {e.message}", status_code=e.status_code) from e
        @svc.handler()
        async def undo(ctx: Context, n: str) -> None: await ctx.run_typed("b", effect)
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


def test_a_table_of_functions_is_known_by_its_keys(tmp_path: Path) -> None:
    code = """
OPS = {"now": datetime.now, "const": lambda: 4}

@svc.handler()
async def tell(ctx: Context, n: int) -> str:
    return str(OPS["const"]()) + str(OPS["now"]())
"""
    found = [each for each in check(tmp_path, {"app.py": HEAD + code}) if each.severity is Severity.ERROR]
    assert [(each.rule, each.column) for each in found] == [("unstable-clock", code.splitlines()[-1].index('OPS["now'))]
