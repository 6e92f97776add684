"""Onboarding: a workflow with signals, retries and sub-steps in other files."""
import asyncio
import time
from datetime import timedelta
from typing import TypeAlias

import restate
import restate as rs
from pydantic import BaseModel
from restate import TerminalError, WorkflowContext, WorkflowSharedContext
from restate import context as rc

from steps.accounts import Accounts, create_account, undo_account
from steps.email import send_welcome
from steps.email import wait_for_click as click

onboarding = rs.Workflow("Onboarding")
Wf: TypeAlias = WorkflowContext


class User(BaseModel):
    name: str
    email: str


class Status(BaseModel):
    state: str


@onboarding.main()
async def run(wf: Wf, user: User) -> Status:
    wf.set("status", "creating")
    key = str(wf.uuid())
    undo = [lambda: wf.run_typed("undo", undo_account, key=key)]  # OK: registered first
    try:
        account = await wf.run_typed("create", create_account, key=key, name=user.name)  # OK: in a step
        await Accounts(wf).prepare(account)
        await send_welcome(wf, user.email)
        await click(wf, timedelta(days=7))
        await wf.sleep(timedelta(days=1))  # OK: a workflow blocks nobody
    except TerminalError:
        for compensation in reversed(undo):
            await compensation()
        wf.set("status", "failed")
        raise
    return Status(state=f"done at {time.time()}")  # BAD: do-VI-2


@onboarding.handler()
async def clicked(ctx: rc.WorkflowSharedContext, user: User) -> None:
    await ctx.promise("clicked", type_hint=str).resolve(user.email)  # OK: resolves


@onboarding.handler("status")
async def get_status(ctx: WorkflowSharedContext) -> Status:
    ctx.set("asked", True)  # BAD: do-IV-4
    return Status(state=await ctx.get("status", type_hint=str) or "unknown")  # OK: a read


@onboarding.handler()
async def extend(ctx: WorkflowSharedContext, user: User) -> Status:
    Accounts(ctx).mark("extended")
    await asyncio.sleep(1)  # BAD: do-I-3
    return Status(state="extended")
