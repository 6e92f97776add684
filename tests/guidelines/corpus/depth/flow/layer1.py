from __future__ import annotations

from typing import TYPE_CHECKING, Self

from .deeper import layer2
from .deeper.layer2 import follow, read_shared

if TYPE_CHECKING:
    from restate import ObjectContext, ObjectSharedContext

    from .handlers import In


async def enter(*, request: In, context: ObjectContext) -> str:
    return await follow(context, text=request.text)


async def enter_shared(text: str, c: ObjectSharedContext) -> str:
    return await read_shared(c, text)


def pure_chain(text: str) -> str:
    return layer2.step_only(text)


class Pipeline:
    def __init__(self, ctx: ObjectContext) -> None:
        self.context = ctx
        self.stages = [self._first, self._second]

    @classmethod
    def create(cls, ctx: ObjectContext) -> Self:
        return cls(ctx)

    async def run(self, text: str) -> str:
        for stage in self.stages:  # OK: a list
            text = await stage(text)
        return text

    async def _first(self, text: str) -> str:
        return await self.context.run_typed("first", layer2.step_only, text=text)  # OK: in a step

    async def _second(self, text: str) -> str:
        return layer2.not_only_step(text)
