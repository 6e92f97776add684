from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import httpx
from agents import RunContextWrapper, function_tool
from restate import TerminalError
from restate.ext.openai import durable_function_tool, raise_terminal_errors, restate_context, restate_object_context
from restate.extensions import current_context


def error_text(context: RunContextWrapper[Any], error: Exception) -> str:
    return f"failed: {error}"


def reraise(context: RunContextWrapper[Any], error: Exception) -> str:
    raise error


@durable_function_tool
async def open_ticket(title: str) -> str:
    """Opens a ticket."""
    ctx = restate_context()
    number = uuid.uuid4().hex  # BAD: do-VI-1
    await ctx.run_typed("open", lambda: httpx.post("https://tickets.example", json={"n": number}).text)  # OK: in a step
    return number


@durable_function_tool
async def close_ticket(number: str) -> str:
    """Closes a ticket."""
    httpx.delete(f"https://tickets.example/{number}")  # BAD: do-I-3
    restate_object_context().set("closed", number)  # OK: state of the object
    return number


@function_tool(failure_error_function=error_text)  # BAD: do-VIII-3 ~escalate
async def escalate(number: str) -> str:  # BAD: do-VIII-3 ~escalate
    """Escalates a ticket."""
    return await restate_context().run_typed("escalate", lambda: httpx.put(f"https://tickets.example/{number}").text)


@function_tool(failure_error_function=reraise)  # OK: raises
async def refund(number: str) -> str:
    """Refunds."""
    try:
        return await current_context().run_typed("refund", lambda: httpx.post(f"https://bank.example/{number}").text)
    except TerminalError as error:  # BAD: do-V-7|do-VIII-3
        return f"refund failed: {error.message}"


@durable_function_tool
async def search(text: str) -> str:
    """Searches."""
    ctx = restate_context()
    found = await asyncio.gather(  # BAD: dont-I-2
        ctx.run_typed("a", lambda: httpx.get("https://a.example").text),  # OK: in a step
        ctx.run_typed("b", lambda: httpx.get("https://b.example").text),  # OK: in a step
    )
    return "".join(found)
