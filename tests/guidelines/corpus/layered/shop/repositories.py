from __future__ import annotations

import abc
import enum
import uuid
from datetime import UTC, datetime
from typing import Generic, Protocol, TypeVar

import anyio
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

T = TypeVar("T")
engine = create_async_engine("sqlite+aiosqlite://")  # OK: module level


class Repository(Protocol[T]):
    async def save(self, item: T) -> None: ...

    async def find(self, id: str) -> T | None: ...


class SqlRepository(Generic[T]):
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def save(self, item: T) -> None:
        async with self._engine.begin() as connection:  # BAD: do-I-3
            await connection.execute(sa.text("insert into t values (1)"))  # MAY: do-I-3

    async def find(self, id: str) -> T | None:
        async with self._engine.connect() as connection:  # OK: only in steps
            return (await connection.execute(sa.text("select 1"))).scalar()  # OK: only in steps


class Numbering(enum.Enum):
    SHORT = "short"
    LONG = "long"

    def make(self) -> str:
        return uuid.uuid4().hex[: 4 if self is Numbering.SHORT else None]  # BAD: do-VI-1


class Stamp:
    @property
    def now(self) -> str:
        return datetime.now(UTC).isoformat()  # BAD: do-VI-2

    def __str__(self) -> str:
        return "stamp"


async def read_terms(name: str) -> str:
    return await anyio.Path(f"/srv/{name}").read_text()  # BAD: do-I-3
