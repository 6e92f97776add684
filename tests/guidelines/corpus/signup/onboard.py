"""Odd but real shapes."""
from __future__ import annotations

import os
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Self

import httpx
import instructor
import restate
from langchain_anthropic import ChatAnthropic
from openai import AsyncAzureOpenAI
from pydantic import BaseModel
from restate import Context, RunOptions, TerminalError, Workflow, WorkflowContext, WorkflowSharedContext

from flows.common import FLOW, Notifier, Trial, make_workflow, retry_later
from flows.extra import *

onboard = make_workflow("Onboard") if FLOW else Workflow("Onboard")
extractor = instructor.from_openai(AsyncAzureOpenAI())
claude = ChatAnthropic(model="claude")


class Person(BaseModel):
    name: str


class Result(BaseModel):
    text: str


@onboard.main(workflow_retention=timedelta(days=1))
async def run(ctx: WorkflowContext, person: Person) -> Result:
    trial = Trial(ctx).started()
    notifier = Notifier.default()
    await notifier.tell(person.name)
    structured = await extractor.chat.completions.create(model="gpt", messages=[], response_model=Person)  # BAD: do-VIII-2|do-I-3
    text = claude.invoke("hello")  # BAD: do-VIII-2|do-I-3
    fine = await ctx.run_typed("claude", lambda: claude.invoke("hello").content)  # OK: in a step
    if not (invite := await ctx.promise("invite", type_hint=str).peek()):  # OK: does not wait
        invite = str(ctx.uuid())  # OK: an id
    login_link = f"https://x.example/?password={ctx.uuid()}"  # MAY: dont-I-6
    signing_key = ctx.random().getrandbits(256)  # BAD: dont-I-6
    safe = await ctx.run_typed("key", secrets.token_hex, RunOptions(), 16)  # OK: a real secret
    await extra_step(ctx)
    try:
        await ctx.run_typed("late", retry_later, RunOptions(max_attempts=3))  # OK: in a step
    except TerminalError as error:
        ctx.set("failed", error.message)
        raise  # OK: re-raised
    else:
        ctx.set("failed", None)
    day = await ctx.run_typed("day", lambda: datetime.now().date())  # BAD: do-I-3|do-IV-6
    stamp = await ctx.run_typed("stamp", lambda: datetime.now().isoformat())  # OK: a string
    return Result(text=f"{trial}{structured}{text}{fine}{invite}{login_link}{signing_key}{safe}{day}{stamp}")


@onboard.handler()
async def invite(ctx: WorkflowSharedContext, person: Person) -> Result:
    await ctx.promise("invite", type_hint=str).resolve(person.name)  # OK: resolves
    await Trial(ctx).finish()
    return Result(text="ok")


lonely = restate.Service("Lonely")


async def wait_twice(ctx: Context, person: Person) -> Result:
    id, future = ctx.awakeable(type_hint=str)
    text = await future  # WARN: do-V-8
    with open("/tmp/lonely") as file:  # BAD: do-I-3
        text += file.read()  # MAY: do-I-3
    return Result(text=text + id)


for registered in [wait_twice]:
    lonely.handler()(registered)
