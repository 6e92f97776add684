from collections.abc import Callable
from typing import Any

import restate
from restate import RestateDurableFuture, TerminalError


def is_cancellation(error: TerminalError) -> bool:
    return error.status_code == 409 and error.message == "cancelled"


class Saga:
    """Compensations in reverse; `future` waits out cancellations."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], RestateDurableFuture[Any]]] = []

    def on_failure(self, operation: Callable[..., RestateDurableFuture[Any]], *args: Any, **kwargs: Any) -> None:
        self._undo.append(lambda: operation(*args, **kwargs))

    async def compensate(self) -> None:
        failed = []
        for operation in reversed(self._undo):
            future = operation()
            await settle(future)
            try:
                await future
            except TerminalError as error:  # OK: collected, and raised below
                failed.append(error.message)
        if failed:
            raise TerminalError("; ".join(failed))


async def settle(future: RestateDurableFuture[Any]) -> TerminalError | None:
    cancellation = None
    while True:  # OK: ends with the future
        try:
            await restate.gather(future)
            return cancellation
        except TerminalError as error:
            if not is_cancellation(error):
                raise
            cancellation = error  # OK: returned to the caller
