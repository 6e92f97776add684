from __future__ import annotations

import os
import platform
import time
from datetime import timedelta
from typing import ClassVar, Self

import httpx
from restate import Workflow, WorkflowContext
from restate.exceptions import RetryableError

FLOW = os.environ.get("FLOW", "1") == "1"  # OK: module level


def make_workflow(name: str) -> Workflow:
    return Workflow(name, inactivity_timeout=timedelta(minutes=5))


class Trial:
    def __init__(self, ctx: WorkflowContext) -> None:
        self.ctx = ctx

    def started(self) -> Self:
        self.at = time.time()  # BAD: do-VI-2
        return self

    async def finish(self) -> None:
        self.ctx.set("trial", "finished")  # BAD: do-IV-4


class Notifier:
    instance: ClassVar[Notifier | None] = None

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    @classmethod
    def default(cls) -> Notifier:
        if cls.instance is None:
            cls.instance = cls(httpx.AsyncClient())
        return cls.instance

    async def tell(self, name: str) -> None:
        await self.http.post("https://notify.example", json={"name": name})  # BAD: do-I-3


def retry_later() -> str:
    if platform.node() == "busy":  # OK: only in a step
        raise RetryableError("busy", retry_after=timedelta(seconds=1))
    return httpx.get("https://x.example").text  # OK: only in a step
