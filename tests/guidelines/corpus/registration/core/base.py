import functools
import time
from collections.abc import Awaitable, Callable
from typing import Any

import restate


class PlainService(restate.Service):
    """All our services are private."""

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__(name, ingress_private=True, **options)


class KeyedThing(restate.VirtualObject):
    pass


def make_service(name: str) -> restate.Service:
    return PlainService(name.title())


def traced(function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(function)
    async def wrapper(ctx: restate.Context, *args: Any) -> Any:
        started = time.time()  # BAD: do-VI-2
        result = await function(ctx, *args)
        await ctx.run_typed("took", record, seconds=started)
        return result

    return wrapper


def record(seconds: float) -> float:
    return time.time() - seconds  # OK: only in a step
