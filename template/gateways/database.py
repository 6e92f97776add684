"""The shop's database: what needs queries, or is read by others, lives here and not in Restate (do-IV-2)."""

from collections.abc import AsyncIterator
from typing import Any

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict
from sqlalchemy import AsyncAdaptedQueuePool, Column, Integer, MetaData, String, Table, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.schema import CreateTable

from resources import resource
from settings import Section

metadata = MetaData()

sales = Table(
    "sales",
    metadata,
    Column("sale_id", String, primary_key=True),
    Column("sku", String, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("amount", Integer, nullable=False),
)

sales_by_sku = Table(
    "sales_by_sku",
    metadata,
    Column("sku", String, primary_key=True),
    Column("quantity", Integer, nullable=False),
    Column("amount", Integer, nullable=False),
    Column("version", Integer, nullable=False),
)


class DatabaseSettings(Section):
    """`DATABASE_*` in the environment."""

    model_config = SettingsConfigDict(env_prefix="DATABASE_")
    required_in_production = ("url",)

    url: SecretStr = Field(
        SecretStr("sqlite+aiosqlite:///shop.db"), description="SQLAlchemy URL of an async driver; holds the password."
    )


@resource
async def database() -> AsyncIterator[AsyncEngine]:
    url = make_url(DatabaseSettings.read().url.get_secret_value())
    # SQLite has one writer; connections that wait for each other's lock do a tenth of what a single one does
    one: dict[str, Any] = {"poolclass": AsyncAdaptedQueuePool, "pool_size": 1, "max_overflow": 0}
    pool = one if url.get_backend_name() == "sqlite" else {"pool_pre_ping": True}
    engine = create_async_engine(url, **pool)
    try:
        async with engine.begin() as connection:
            for table in metadata.sorted_tables:
                await connection.execute(CreateTable(table, if_not_exists=True))  # several processes may start at once
        yield engine
    finally:
        await engine.dispose()
