"""A bot: LLM through the SDK's wrapper, tools, sessions."""
import os
import time
from typing import Any

import openai
import restate
from agents import Agent, Runner, function_tool
from openai import AsyncOpenAI
from pydantic import BaseModel
from pydantic_ai import Agent as PyAgent
from restate import Context, ObjectContext, TerminalError
from restate.ext.openai import DurableRunner, durable_function_tool, restate_object_context
from restate.ext.pydantic import RestateAgent

bot = restate.VirtualObject("Bot")
writer = RestateAgent(PyAgent("openai:gpt-5"), auto_wrap_tools=True)


class Ask(BaseModel):
    text: str


class Said(BaseModel):
    text: str


class Llm:
    def __init__(self) -> None:
        self._client = AsyncOpenAI(api_key=os.environ["KEY"])

    async def say(self, text: str) -> str:
        answer = await self._client.responses.create(model="gpt-5", input=text)  # OK: only in steps
        return answer.output_text

    async def shout(self, text: str) -> str:
        answer = await self._client.responses.create(model="gpt-5", input=text.upper())  # BAD: do-VIII-2|do-I-3
        return answer.output_text


llm = Llm()


@durable_function_tool
async def remember(text: str) -> str:
    """Remembers."""
    ctx = restate_object_context()
    ctx.set("memory", f"{text} at {time.time()}")  # BAD: do-VI-2
    return "ok"


@durable_function_tool
async def recall() -> str:
    """Recalls."""
    return await restate_object_context().get("memory", type_hint=str) or ""  # OK: awaited


@function_tool  # BAD: do-VIII-3 ~forget
async def forget() -> str:  # BAD: do-VIII-3 ~forget
    """Forgets."""
    ctx = restate_object_context()
    await ctx.run_typed("forget", str)
    ctx.clear("memory")
    return "ok"


agent = Agent(name="bot", tools=[remember, recall, forget])


@bot.handler()
async def ask(ctx: ObjectContext, req: Ask) -> Said:
    first = await ctx.run_typed("say", llm.say, text=req.text)  # OK: in a step
    second = await llm.shout(first)
    third = await DurableRunner.run(agent, second)  # OK: persists
    fourth = await writer.run(second)  # OK: persists
    fifth = (await Runner.run(agent, second)).final_output  # BAD: do-VIII-2|do-I-3
    sixth = await openai.AsyncOpenAI().embeddings.create(model="e", input=second)  # BAD: do-VIII-2|do-I-3
    return Said(text=f"{third.final_output}{fourth.output}{fifth}{sixth}")
