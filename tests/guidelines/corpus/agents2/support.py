"""A support agent with tools in other files."""
from __future__ import annotations

import time

import restate
from agents import Agent, RunConfig, Runner, function_tool
from pydantic import BaseModel
from restate import ObjectContext, TerminalError
from restate.ext.openai import DurableRunner

from knowledge import summarise
from tools import close_ticket, error_text, escalate, open_ticket, refund, search

support = restate.VirtualObject("Support")


class Question(BaseModel):
    text: str


class Answer(BaseModel):
    text: str


agent = Agent(
    name="support",
    instructions=lambda context, agent: f"It is {time.time()}",  # WARN: do-VI-2
    tools=[open_ticket, close_ticket, escalate, refund, search],
)
triage = Agent(name="triage", handoffs=[agent])


@support.handler()
async def ask(ctx: ObjectContext, question: Question) -> Answer:
    result = await DurableRunner.run(triage, question.text, use_restate_session=True)  # OK: persists
    plain = await Runner.run(starting_agent=triage, input=question.text)  # BAD: do-VIII-2|do-I-3
    sync = Runner.run_sync(agent, question.text)  # BAD: do-VIII-2|do-I-3
    short = await summarise(ctx, result.final_output)
    return Answer(text=f"{plain.final_output}{sync}{short}")


def playground() -> None:
    result = Runner.run_sync(agent, "hello")  # OK: not a handler
    print(result.final_output)  # OK: not a handler


if __name__ == "__main__":
    playground()
