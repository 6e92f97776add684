"""An error that is raised in place of a terminal one."""

from tests.guidelines.snippets import caught

FOUND = {
    "an error in a variable": (
        "raise-from-none",
        caught(
            """
            error = ValueError(e.message)
            raise error from None
            """,
        ),
    ),
    "HTTPException": (
        "raise-from-none",
        caught(
            "raise HTTPException(402, e.message) from None",
            above="from fastapi import HTTPException",
        ),
    ),
    "own error without from": (
        "raise-from-none",
        caught(
            """
            if e.status_code == 404:
                raise OutOfStock(x)
            raise
            """,
            above="""
            class ShopError(Exception): pass
            class OutOfStock(ShopError): pass
            """,
        ),
    ),
    "error made by a function": (
        "raise-from-none",
        caught(
            "raise as_shop_error(e) from None",
            above="""
            class ShopError(Exception): pass
            def as_shop_error(e: TerminalError) -> ShopError: return ShopError(e.message)
            """,
        ),
    ),
    "a subclass of HTTPException": (
        "raise-from-none",
        caught(
            "raise Gone",
            above="""
            from starlette.exceptions import HTTPException as E
            class Gone(E):
                def __init__(self): super().__init__(410)
            """,
        ),
    ),
}

CLEAN = {
    "terminal over terminal": caught(
        """
        if x: raise Failed("x") from None
        raise failed(e) from None
        """,
        above="""
        class Failed(TerminalError): pass
        def failed(e) -> Failed: return Failed(e.message)
        """,
    ),
    "a cause in a variable": caught(
        """
        cause = e
        raise ValueError("x") from cause
        """,
    ),
    "raise from error": caught(
        'raise AppError("x") from e',
        above="class AppError(Exception): pass",
    ),
    "exception classes": caught(
        'raise Fatal("x") from None',
        above="""
        class Retry(Exception):
            def __init__(self, m): super().__init__(m); self.at = 1
        class Fatal(TerminalError):
            def __init__(self, m): super().__init__(m, status_code=409)
        """,
    ),
}
