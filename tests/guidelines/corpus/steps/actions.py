from __future__ import annotations

import smtplib
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from restate import Context, ObjectContext


async def archive(ctx: Context, doc_id: str) -> str:
    await ctx.sleep(timedelta(seconds=1))  # BAD: dont-I-3
    return doc_id


def touch(context: ObjectContext) -> str:
    context.set("touched", True)  # BAD: dont-I-3
    return "ok"


async def remind(context: "Context") -> str:
    await context.run_typed("inner", lambda: 1)  # BAD: dont-I-3
    return "ok"


class Mailer:
    def __init__(self, ctx: ObjectContext) -> None:
        self._ctx = ctx

    async def send(self, doc_id: str) -> str:
        with smtplib.SMTP("mail.example") as smtp:  # OK: only in a step
            smtp.noop()
        await self._ctx.sleep(timedelta(seconds=1))  # BAD: dont-I-3
        return doc_id
