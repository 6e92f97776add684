"""What is done around each attempt, and around each step that really runs: logs, traces, and what you add.

    with around_steps(measured): ...    # measured("charge") is entered when the step of this name runs

On replay a step does not run, and nothing is done around it; an attempt is one, whether or not it begins with a replay.
"""

import contextlib
import functools
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any

AroundAttempt = Callable[[], AbstractAsyncContextManager[object]]
AroundStep = Callable[[str], AbstractContextManager[object]]

_attempts: list[AroundAttempt] = []
_steps: list[AroundStep] = []


@contextlib.contextmanager
def around_attempts(manager: AroundAttempt) -> Iterator[None]:
    """Enters `manager()` around every attempt, within the `with` block."""
    _attempts.append(manager)
    try:
        yield
    finally:
        _attempts.remove(manager)


@contextlib.contextmanager
def around_steps(manager: AroundStep) -> Iterator[None]:
    """Enters `manager(name)` around every step that runs, within the `with` block."""
    _steps.append(manager)
    try:
        yield
    finally:
        _steps.remove(manager)


@contextlib.asynccontextmanager
async def attempt() -> AsyncIterator[None]:
    """For the SDK: all that is done around this attempt."""
    async with contextlib.AsyncExitStack() as stack:
        for manager in _attempts:
            await stack.enter_async_context(manager())
        yield


def step(name: str, action: Callable[..., Any]) -> Callable[..., Any]:
    """A step's action with all that is done around it; async if it was."""
    if not _steps:
        return action

    if inspect.iscoroutinefunction(action):

        @functools.wraps(action)
        async def observed(*args: Any, **kwargs: Any) -> Any:
            with _around(name):
                return await action(*args, **kwargs)

        return observed

    @functools.wraps(action)
    def observed_in_a_thread(*args: Any, **kwargs: Any) -> Any:
        with _around(name):
            return action(*args, **kwargs)

    return observed_in_a_thread


@contextlib.contextmanager
def _around(name: str) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for manager in _steps:
            stack.enter_context(manager(name))
        yield
