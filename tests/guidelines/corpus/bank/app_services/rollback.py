from collections.abc import Awaitable, Callable
from typing import Any


class Rollback:
    def __init__(self) -> None:
        self.actions: list[Callable[[], Awaitable[Any]]] = []

    def add(self, action: Callable[[], Awaitable[Any]]) -> None:
        self.actions.append(action)  # OK: registration

    async def run(self) -> None:
        for action in self.actions[::-1]:  # OK: a list
            await action()
