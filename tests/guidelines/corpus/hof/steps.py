"""Functions that take functions: into a step, or not."""
import functools
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar

import restate
from restate import Context, RunOptions

P = ParamSpec("P")
T = TypeVar("T")


async def step(ctx: Context, name: str, action: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Runs `action` as a step."""
    return await ctx.run_typed(name, action, RunOptions(max_attempts=5), *args, **kwargs)


async def keyed_step(ctx: Context, *, do: Callable[[str], T]) -> T:
    key = str(ctx.uuid())
    return await ctx.run_typed("keyed", functools.partial(do, key))  # OK: partial of a parameter in a step


async def with_retries(action: Callable[[], Awaitable[T]], times: int = 3) -> T:
    """Calls `action` right here."""
    for _ in range(times - 1):
        try:
            return await action()
        except ValueError:  # OK: narrow
            continue
    return await action()


def durable(name: str) -> Callable[[Callable[..., Any]], Callable[..., Awaitable[Any]]]:
    """Makes a function a step of its caller's context, which it takes first."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
        @functools.wraps(function)
        async def wrapper(ctx: Context, *args: Any, **kwargs: Any) -> Any:
            return await ctx.run_typed(name, function, RunOptions(), *args, **kwargs)

        return wrapper

    return decorate


def noisy(function: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    @functools.wraps(function)
    async def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        trace = uuid.uuid4()  # BAD: do-VI-1
        print(trace)  # WARN: do-I-4
        return await function(*args, **kwargs)

    return wrapper


def forgiving(function: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T | None]]:
    @functools.wraps(function)
    async def wrapper(*args: P.args, **kwargs: P.kwargs) -> T | None:
        try:
            return await function(*args, **kwargs)
        except Exception:  # BAD: dont-I-1
            return None

    return wrapper


class Steps:
    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    async def do(self, name: str, action: Callable[[], T]) -> T:
        return await self._ctx.run_typed(name, action)

    async def twice(self, action: Callable[[], T]) -> list[T]:
        return [await self.do("first", action), await self.do("second", action)]


def immediately(action: Callable[..., T], *args: Any) -> T:
    return action(*args)  # BAD: do-VI-2
