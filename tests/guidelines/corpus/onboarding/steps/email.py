import smtplib
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import restate
from restate import TerminalError, WorkflowContext


async def send_welcome(ctx: WorkflowContext, email: str) -> None:
    message = EmailMessage()  # OK: in memory
    message["To"] = email
    message["Date"] = formatdate()  # BAD: do-VI-2
    message["Message-ID"] = make_msgid()  # BAD: do-VI-1

    def deliver() -> None:
        with smtplib.SMTP("mail.example") as smtp:  # OK: nested function is the step
            smtp.send_message(message)  # OK: nested function is the step

    await ctx.run_typed("welcome", deliver)


async def wait_for_click(ctx: WorkflowContext, patience: timedelta) -> str:
    clicked = ctx.promise("clicked", type_hint=str)
    match await restate.select(clicked=clicked.value(), timeout=ctx.sleep(patience)):  # OK: a deadline
        case ["clicked", email]:
            return email
        case _:
            raise TerminalError("never clicked", status_code=408)
