"""The world outside of the journal: networks, databases, the environment, logs."""

FOUND = {
    "hash": (
        "nondeterministic-call",
        """
        @svc.handler()
        async def h(ctx: Context, x: str) -> int:
            return hash(x)
        """,
    ),
    "boto resource chain": (
        "nondeterministic-call",
        """
        import boto3
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            boto3.resource("dynamodb").Table("t").put_item(Item={})
        """,
    ),
    "sqlalchemy session": (
        "nondeterministic-call",
        """
        from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
        from sqlalchemy import select
        Session = async_sessionmaker(create_async_engine("x"))
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            async with Session() as s:
                await s.execute(select(1))
        """,
    ),
    "conditional import": (
        "nondeterministic-call",
        """
        try:
            import aiohttp
        except ImportError:
            aiohttp = None
        @svc.handler()
        async def h(ctx: Context) -> None:
            async with aiohttp.ClientSession() as s:
                async with s.get("http://x") as r:
                    await r.text()
        """,
    ),
    "httpx at module via annotation global": (
        "nondeterministic-call",
        """
        client: httpx.AsyncClient
        @svc.handler()
        async def h(ctx: Context) -> None:
            await client.post("http://x")
        """,
    ),
    "contextvar SDK": (
        "nondeterministic-call",
        """
        from restate.extensions import contextvar
        @contextvar
        @contextlib.asynccontextmanager
        async def http():
            async with httpx.AsyncClient() as c:
                yield c
        @svc.handler(invocation_context_managers=[http])
        async def h(ctx: Context) -> None:
            await http.value.get("http://x")
        """,
    ),
    "os.environ in": (
        "nondeterministic-call",
        """
        @svc.handler()
        async def h(ctx: Context) -> bool:
            return 'X' in os.environ
        """,
    ),
    "from os import environ": (
        "nondeterministic-call",
        """
        from os import environ as env
        @svc.handler()
        async def h(ctx: Context) -> str:
            return env['X']
        """,
    ),
}

CLEAN = {
    "sqlalchemy in step": """
        from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
        from sqlalchemy import select
        Session = async_sessionmaker(create_async_engine("x"))
        async def q() -> int:
            async with Session() as s:
                return (await s.execute(select(1))).scalar_one()
        @svc.handler()
        async def h(ctx: Context, x: str) -> int:
            stmt = select(1)
            return await ctx.run_typed("q", q)
        """,
    "contextvar SDK in step": """
        from restate.extensions import contextvar
        @contextvar
        @contextlib.asynccontextmanager
        async def http():
            async with httpx.AsyncClient() as c:
                yield c
        async def step() -> str:
            return (await http.value.get("http://x")).text
        @svc.handler(invocation_context_managers=[http])
        async def h(ctx: Context) -> None:
            await ctx.run_typed("x", step)
        """,
    "nested function named as step": """
        @svc.handler()
        async def h(ctx: Context) -> str:
            now = await ctx.time()
            async def step() -> str:
                async def inner() -> str:
                    await asyncio.sleep(1)
                    return os.environ["X"] + open("x").read()
                return await inner()
            return await ctx.run_typed("x", step)
        """,
    "asyncio.sleep(0)?": """
        import logging
        log = restate.getLogger("x")
        @svc.handler()
        async def h(ctx: Context) -> str:
            log.info("x")
            return ""
        """,
}
