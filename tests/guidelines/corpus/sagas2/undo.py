from collections.abc import Callable
from typing import Any

import httpx
from restate import Context, RunOptions, TerminalError


class Undo:
    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._stack: list[tuple[str, Callable[..., Any], tuple[Any, ...]]] = []

    def on_failure(self, name: str, action: Callable[..., Any], *args: Any) -> None:
        self._stack.append((name, action, args))  # OK: registration

    async def run(self) -> None:
        failed = []
        while self._stack:  # OK: bounded
            name, action, args = self._stack.pop()
            try:
                await self._ctx.run_typed(name, action, RunOptions(), *args)
            except TerminalError as error:  # OK: collected and raised below
                failed.append(error.message)
        if failed:
            raise TerminalError("; ".join(failed))  # OK: terminal


def post(id: str) -> str:
    return httpx.post(f"https://carrier.example/{id}").text  # OK: only in steps


async def ship(ctx: Context, id: str) -> None:
    await ctx.run_typed("ship", post, id=id)


async def unship(ctx: Context, id: str) -> None:
    await ctx.run_typed("unship", post, id=id)
