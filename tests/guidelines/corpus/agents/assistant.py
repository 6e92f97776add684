"""Agents: models, tools and their errors."""
import json
import os
import time
from datetime import timedelta

import anthropic
import litellm
import restate
from agents import Agent, Runner, function_tool
from langchain.agents import create_agent
from langchain_openai import ChatOpenAI
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel
from pydantic_ai import Agent as PydanticAgent
from pydantic_ai import RunContext
from restate import Context, ObjectContext, RunOptions, TerminalError
from restate.ext.langchain import RestateMiddleware
from restate.ext.openai import DurableRunner, durable_function_tool, raise_terminal_errors, restate_context
from restate.ext.pydantic import RestateAgent
from restate.ext.pydantic import restate_object_context
from restate.extensions import current_context

from llm import Summarizer, complete, embed

client = AsyncOpenAI(api_key=os.environ["OPENAI_API_KEY"])  # OK: module level
claude = anthropic.AsyncAnthropic()  # OK: module level
chat_model = ChatOpenAI(model="gpt-5")
assistant = restate.VirtualObject("Assistant")


class Prompt(BaseModel):
    text: str


class Reply(BaseModel):
    text: str


async def ask_model(text: str) -> str:
    answer = await client.chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": text}])  # OK: only in a step
    return answer.choices[0].message.content or ""


@assistant.handler()
async def raw(ctx: ObjectContext, prompt: Prompt) -> Reply:
    answer = await client.chat.completions.create(model="gpt-5", messages=[])  # BAD: do-VIII-2|do-I-3
    other = await claude.messages.create(model="claude", max_tokens=10, messages=[])  # BAD: do-VIII-2|do-I-3
    third = await litellm.acompletion(model="gpt-5", messages=[])  # BAD: do-VIII-2|do-I-3
    fourth = OpenAI().responses.create(model="gpt-5", input=prompt.text)  # BAD: do-VIII-2|do-I-3
    fifth = await chat_model.ainvoke(prompt.text)  # BAD: do-VIII-2|do-I-3
    sixth = await Runner.run(helper_agent, prompt.text)  # BAD: do-VIII-2|do-I-3
    seventh = await weather.run(prompt.text)  # BAD: do-VIII-2|do-I-3
    eighth = await complete(prompt.text)
    ninth = await Summarizer().summarize(prompt.text)
    tenth = await plain_graph.ainvoke({"messages": []})  # BAD: do-VIII-2|do-I-3
    return Reply(text=f"{answer}{other}{third}{fourth}{fifth}{sixth}{seventh}{eighth}{ninth}{tenth}")


@assistant.handler()
async def durable(ctx: ObjectContext, prompt: Prompt) -> Reply:
    first = await ctx.run_typed("ask", ask_model, RunOptions(max_attempts=3), prompt.text)  # OK: in a step
    result = await DurableRunner.run(helper_agent, first)  # OK: persists every response
    session = await DurableRunner.run(helper_agent, first, use_restate_session=True)  # OK: persists every response
    second = await durable_weather.run(prompt.text)  # OK: RestateAgent persists
    third = await graph.ainvoke({"messages": [prompt.text]})  # OK: RestateMiddleware persists
    vectors = await ctx.run_typed("embed", embed, text=prompt.text)  # OK: in a step
    return Reply(text=f"{result.final_output}{session}{second.output}{third}{vectors}")


@durable_function_tool
async def get_weather(city: str) -> str:
    """Weather of a city."""
    ctx = restate_context()
    started = time.time()  # BAD: do-VI-2
    weather = await ctx.run_typed("weather", fetch_weather, city=city)  # OK: a durable tool with a step
    return f"{weather}{started}"


@function_tool  # BAD: do-VIII-3 ~book
async def book(city: str) -> str:  # BAD: do-VIII-3 ~book
    """Books a trip; the default error function turns a terminal error into a message for the model."""
    return await restate_context().run_typed("book", fetch_weather, city=city)


@function_tool(failure_error_function=raise_terminal_errors)  # OK: raises Restate's errors
async def book_well(city: str) -> str:
    """Books a trip."""
    return await restate_context().run_typed("book", fetch_weather, city=city)


@durable_function_tool
async def cancel(city: str) -> str:
    """Cancels a trip."""
    try:
        return await restate_context().run_typed("cancel", fetch_weather, city=city)
    except Exception as error:  # BAD: dont-I-1|do-VIII-3
        return f"failed: {error}"


@durable_function_tool(name_override="lookup")
async def look_up(city: str) -> str:
    """Looks a city up."""
    settings = json.loads(open("cities.json").read())  # BAD: do-I-3
    ctx = current_context()
    if ctx is None:
        raise TerminalError("no context")
    return await ctx.run_typed("lookup", fetch_weather, city=settings[city])  # OK: current_context is the context


def fetch_weather(city: str) -> str:
    return f"{city} {time.time()}"  # OK: only in steps


helper_agent = Agent(name="helper", tools=[get_weather, book, book_well, cancel, look_up])
weather = PydanticAgent("openai:gpt-5")
durable_weather = RestateAgent(weather)
graph = create_agent(model="openai:gpt-5", tools=[], middleware=[RestateMiddleware()])
plain_graph = create_agent(model="openai:gpt-5", tools=[])


@weather.tool
async def forecast(run: RunContext[None], city: str) -> str:
    ctx = restate_object_context()
    await ctx.sleep(timedelta(seconds=1))  # MAY: dont-II-2
    seed = os.urandom(4)  # BAD: do-VI-1|do-I-3
    return await ctx.run_typed("forecast", fetch_weather, city=f"{city}{seed!r}")
