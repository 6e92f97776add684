"""An error that is raised in place of a terminal one."""

FOUND = {
    "an error in a variable": (
        "raise-from-none",
        """
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            try:
                return await ctx.run_typed("a", effect)
            except TerminalError as e:
                error = ValueError(e.message)
                raise error from None
        """,
    ),
    "HTTPException": (
        "raise-from-none",
        """
        from fastapi import HTTPException
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            try:
                return await ctx.run_typed("a", effect)
            except TerminalError as e:
                raise HTTPException(402, e.message) from None
        """,
    ),
    "own error without from": (
        "raise-from-none",
        """
        class ShopError(Exception): pass
        class OutOfStock(ShopError): pass
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            try:
                return await ctx.run_typed("a", effect)
            except TerminalError as e:
                if e.status_code == 404:
                    raise OutOfStock(x)
                raise
        """,
    ),
    "error made by a function": (
        "raise-from-none",
        """
        class ShopError(Exception): pass
        def as_shop_error(e: TerminalError) -> ShopError: return ShopError(e.message)
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            try:
                return await ctx.run_typed("a", effect)
            except TerminalError as e:
                raise as_shop_error(e) from None
        """,
    ),
    "a subclass of HTTPException": (
        "raise-from-none",
        """
        from starlette.exceptions import HTTPException as E
        class Gone(E):
            def __init__(self): super().__init__(410)
        @svc.handler()
        async def h(ctx: Context, n: str) -> str:
            try:
                return await ctx.run_typed("a", effect)
            except TerminalError as e:
                raise Gone
        """,
    ),
}

CLEAN = {
    "terminal over terminal": """
        class Failed(TerminalError): pass
        def failed(e) -> Failed: return Failed(e.message)
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            try:
                return await ctx.run_typed("a", effect)
            except TerminalError as e:
                if x: raise Failed("x") from None
                raise failed(e) from None
        """,
    "a cause in a variable": """
        @svc.handler()
        async def h(ctx: Context, n: str) -> str:
            try:
                return await ctx.run_typed("a", effect)
            except TerminalError as e:
                cause = e
                raise ValueError("x") from cause
        """,
    "raise from error": """
        class AppError(Exception): pass
        @svc.handler()
        async def h(ctx: Context, n: int) -> str:
            try:
                return await ctx.run_typed("p", effect)
            except TerminalError as e:
                raise AppError("x") from e
        """,
    "exception classes": """
        class Retry(Exception):
            def __init__(self, m): super().__init__(m); self.at = 1
        class Fatal(TerminalError):
            def __init__(self, m): super().__init__(m, status_code=409)
        @svc.handler()
        async def h(ctx: Context) -> str:
            try:
                return await ctx.run_typed("x", effect)
            except TerminalError as e:
                raise Fatal("x") from None
        """,
}
