"""Clients of the outside world, one per process."""
import os

import asyncpg
import boto3
import redis
from sqlalchemy import create_engine, text
from sqlalchemy.orm import sessionmaker

engine = create_engine(os.environ["DATABASE_URL"])  # OK: module level
Session = sessionmaker(engine)
cache = redis.Redis.from_url(os.environ["REDIS_URL"])  # OK: module level
s3 = boto3.client("s3")  # OK: module level


async def pool() -> asyncpg.Pool:
    return await asyncpg.create_pool(os.environ["DATABASE_URL"])  # OK: only reached from steps


class Warehouse:
    """Every method talks to the database."""

    def load(self, rows: list[str]) -> int:
        with Session() as session:  # OK: only in steps
            session.execute(text("insert into t values (:r)"), [{"r": row} for row in rows])  # OK: only in steps
            session.commit()  # OK: only in steps
        return len(rows)

    def count(self) -> int:
        with engine.connect() as connection:  # BAD: do-I-3
            return connection.execute(text("select count(*) from t")).scalar_one()  # MAY: do-I-3
