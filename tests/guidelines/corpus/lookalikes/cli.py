"""`python cli.py`: talks to the service from outside."""
import asyncio
import os
import time
import uuid

import click
import httpx
import restate

from service import Query, search


@click.group()
@click.pass_context
def main(ctx: click.Context) -> None:
    ctx.obj = {"url": os.environ.get("INGRESS", "http://localhost:8080")}  # OK: a command line


@main.command()
@click.argument("name")
@click.pass_context
def query(ctx: click.Context, name: str) -> None:
    try:
        ctx.invoke(print, time.time())  # OK: click's context
        ctx.obj.get("url")  # OK: click's context
    except Exception:  # OK: click's context
        print("failed")
    httpx.post(f"{ctx.obj['url']}/Lookalikes/search", json={"name": name}, headers={"idempotency-key": uuid.uuid4().hex})  # OK: a command line


@main.command()
def client() -> None:
    async def go() -> None:
        async with restate.create_client("http://localhost:8080") as client:  # OK: outside a handler
            await client.service_call(search, Query(name="x"))  # OK: outside a handler

    asyncio.run(go())  # OK: a command line


if __name__ == "__main__":
    main()
