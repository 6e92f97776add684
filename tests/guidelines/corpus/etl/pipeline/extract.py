import asyncio
import csv
import io
import pathlib
import shutil
import urllib.request
from urllib.parse import quote, urljoin

import pandas as pd
import restate
from pydantic import BaseModel
from restate import Context, RunOptions

from . import stores
from .stores import Warehouse, cache, pool, s3

service = restate.Service("Extract")
warehouse = Warehouse()
LANDING = pathlib.Path("/data/landing")


class Day(BaseModel):
    day: str


class Rows(BaseModel):
    rows: list[str] = []


async def read_rows(day: str) -> list[str]:
    async with (await pool()).acquire() as connection:
        return [row[0] for row in await connection.fetch("select r from s where d = $1", day)]  # OK: only in steps and scripts


def read_csv(day: str) -> list[str]:
    with (LANDING / f"{day}.csv").open() as file:  # OK: only in steps
        return [row[0] for row in csv.reader(file)]  # OK: only in steps


@service.handler()
async def run(ctx: Context, day: Day) -> Rows:
    rows = await ctx.run_typed("read", read_rows, RunOptions(max_attempts=5), day.day)  # OK: in a step
    rows += await ctx.run_typed("csv", read_csv, day=day.day)  # OK: in a step
    parsed = list(csv.reader(io.StringIO("a,b\nc,d")))  # OK: in memory
    await ctx.run_typed("load", warehouse.load, rows=rows)  # OK: a bound method of a module-level object in a step
    await ctx.run_typed("cache", lambda: cache.set(day.day, len(rows)))  # OK: redis in a step
    await ctx.run_typed("put", lambda: s3.put_object(Bucket="b", Key=day.day)["ETag"])  # OK: in a step
    url = urljoin("https://x.example", quote(day.day))  # OK: pure
    cached = cache.get(day.day)  # BAD: do-I-3
    s3.upload_file("/tmp/x", "bucket", day.day)  # BAD: do-I-3
    count = warehouse.count()
    body = urllib.request.urlopen(url).read()  # BAD: do-I-3
    if (LANDING / f"{day.day}.csv").exists():  # BAD: do-I-3
        shutil.move("/tmp/a", "/tmp/b")  # BAD: do-I-3
    frame = pd.read_csv(f"/data/{day.day}.csv")  # BAD: do-I-3
    process = await asyncio.create_subprocess_exec("gzip", "/tmp/b")  # BAD: do-I-3
    direct = await read_again(day.day)
    return Rows(rows=[*rows, str(parsed), str(cached), str(count), str(body), str(frame), str(process), direct])


async def read_again(day: str) -> str:
    connection = await stores.asyncpg.connect("postgres://x")  # BAD: do-I-3
    return await connection.fetchval("select 1")  # MAY: do-I-3
