"""A deadline for waits on the outside world (do-V-8)."""

from datetime import timedelta
from typing import TypeVar

import restate
from restate import Context, RestateDurableCallFuture, RestateDurableFuture, TerminalError

T = TypeVar("T")


class DeadlineExceeded(TerminalError):
    """The awaited event did not come in time. Status 408."""

    def __init__(self, message: str) -> None:
        super().__init__(message, status_code=408)


async def deadline(ctx: Context, future: RestateDurableFuture[T], within: timedelta, what: str) -> T:
    """Awaits `future` for at most `within`; `what` names it in the error.

    A call that lost the race is cancelled. `asyncio.wait_for` cannot do this: its clock is not journaled, so a replay
    may decide otherwise.

    Raises:
        DeadlineExceeded: terminal, 408, when the time is over first.
        TerminalError: when the future was rejected, or this invocation cancelled.
    """
    match await restate.select(result=future, timeout=ctx.sleep(within, name=f"deadline: {what}")):
        case ["result", value]:
            result: T = value
            return result
        case _:
            if isinstance(future, RestateDurableCallFuture):
                await future.cancel_invocation()
            raise DeadlineExceeded(f"{what} took longer than {within.total_seconds():g} s")
