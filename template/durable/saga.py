"""Sagas: what has been done is undone when the rest fails (do-V-2, do-V-3, do-V-4).

    saga = Saga()
    try:
        saga.on_failure(ctx.service_call, payments.refund, Refund(key=key))  # registered before acting
        await settled(ctx.service_call(payments.charge, Charge(key=key)))
    except TerminalError as failure:
        await saga.compensate(failure)
        raise

Cancellation is what makes this harder than a list and a loop. It arrives as a `TerminalError` while a step may still
be running, so the step is settled before anything is undone; and it may arrive again while compensating, so each
compensation is shielded from it. Nothing is swallowed: the handler re-raises at the end.
"""

import functools
import inspect
import logging
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import restate
from restate import RestateDurableFuture, TerminalError

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)


class CompensationFailed(TerminalError):
    """Some compensation failed for good, after all others ran: a person has to look.

    Has the status of the failure that made the saga compensate; `metadata["compensations"]` lists what is left to do.
    """


def is_cancellation(error: TerminalError) -> bool:
    """Whether this invocation (or the one it called) was cancelled, as opposed to failed.

    One that had not begun, such as a call that waits in line for its object, is "canceled" by the server.
    """
    return error.status_code == 409 and error.message in ("cancelled", "canceled")


async def settled(future: RestateDurableFuture[T], *, shield: bool = False) -> T:
    """Awaits a durable future to its end, even when the invocation is cancelled meanwhile.

    Then raises the cancellation, or with `shield` returns the result as if nothing had happened.

    Raises:
        TerminalError: the failure of the future, or the cancellation (409).
    """
    cancellation = await _settle(future)
    if cancellation and not shield:
        raise cancellation
    return await future


class Saga:
    """The compensations of one invocation, in the order of their registration."""

    def __init__(self) -> None:
        self._compensations: list[tuple[str, Callable[[], RestateDurableFuture[Any]]]] = []

    def on_failure(
        self, operation: Callable[P, RestateDurableFuture[Any]], /, *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Registers a durable operation, such as `ctx.service_call`, with its arguments. It does not start yet.

        Register *before* the action: a crash between the two would leave an effect that nobody undoes. So the
        compensation must be idempotent, and harmless for an action that never happened (do-V-3).
        """
        name = next((arg.__name__ for arg in (*args, operation) if inspect.isfunction(arg)), repr(operation))
        self._compensations.append((name, functools.partial(operation, *args, **kwargs)))

    async def compensate(self, failure: TerminalError) -> None:
        """Runs the compensations in reverse; each to its end, whatever happens to the others or to the invocation.

        Raises:
            CompensationFailed: after all of them ran, if any failed for good.
        """
        failed: list[str] = []
        for name, operation in reversed(self._compensations):
            try:
                await _shielded(operation)
            except TerminalError as error:
                log.error("compensation %s failed: %s", name, error.message)
                failed.append(f"{name}: {error.message}")
        self._compensations.clear()
        if failed:
            message = f"{failure.message}; compensation failed: {'; '.join(failed)}"
            raise CompensationFailed(message, failure.status_code, {"compensations": "\n".join(failed)}) from failure


async def _settle(future: RestateDurableFuture[Any]) -> TerminalError | None:
    """Waits for the future; returns the cancellation that arrived meanwhile, if one did."""
    cancellation = None
    while True:
        try:
            await restate.gather(future)  # waits without looking at the result: raises a cancellation and nothing else
            return cancellation
        except TerminalError as error:
            if not is_cancellation(error):
                raise
            cancellation = error


async def _shielded(operation: Callable[[], RestateDurableFuture[Any]]) -> None:
    """Runs one compensation to its end.

    Cancelling an invocation cancels the calls it waits for as well. Such a compensation has not happened, so it is
    called again.
    """
    while True:
        future = operation()
        cancellation = await _settle(future)
        try:
            await future
            return
        except TerminalError as error:
            if cancellation is None or not is_cancellation(error):
                raise
