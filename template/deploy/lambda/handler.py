"""The service on AWS Lambda. Resources are opened once per process, in the loop and context that handlers run in.

Packed as the module `handler` beside `app`: see `package`.
"""

import asyncio
import contextvars
from typing import Any

import resources
from app import app

loop = asyncio.get_event_loop()  # the SDK's: made with the app, as this runs on Lambda
context = contextvars.copy_context()
opened = resources.opened()  # never closed: Lambda freezes the process, and ends it without a word
loop.run_until_complete(loop.create_task(opened.__aenter__(), context=context))


def handler(event: dict[str, Any], aws_context: object) -> dict[str, Any]:
    """Takes a request of Restate's, and returns the response; the SDK knows both."""
    response: dict[str, Any] = context.run(app, event, aws_context)
    return response
