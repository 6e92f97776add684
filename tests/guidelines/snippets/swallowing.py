"""Terminal errors that are caught and go no further, a cancellation among them."""

from tests.guidelines.snippets import caught

FOUND = {
    "logged and forgotten": (
        "swallowed-terminal-error",
        """
        import logging
        @svc.handler()
        async def h(ctx: Context) -> str:
            try:
                return await ctx.run_typed("x", effect)
            except TerminalError as e:
                logging.warning("failed: %s", e.message)
            return ""
        """,
    ),
    "stored in a field": (
        "swallowed-terminal-error",
        """
        @obj.handler()
        async def h(ctx: ObjectContext, x: str) -> str:
            status = "ok"
            try:
                await ctx.run_typed("x", effect)
            except TerminalError as e:
                status = f"failed: {e}"
            ctx.set("status", status)
            return status
        """,
    ),
    "asks for 404 only": (
        "swallowed-terminal-error",
        """
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            try:
                return await ctx.service_call(other, x)
            except TerminalError as e:
                if e.status_code == 404:
                    return "none"
                return "failed"
        @svc.handler()
        async def other(ctx: Context, x: str) -> str: return x
        """,
    ),
    "cancelled is a word for the log": (
        "swallowed-terminal-error",
        """
        def is_cancellation(e): return e.status_code == 409
        @wf.main()
        async def h(ctx: WorkflowContext, x: str) -> str:
            try:
                await ctx.run_typed("x", effect)
            except TerminalError as e:
                ctx.set("status", "cancelled" if is_cancellation(e) else "failed")
                return "no"
            return "ok"
        """,
    ),
    "after a gather of others": (
        "swallowed-terminal-error",
        """
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            a, b = ctx.run_typed("a", effect), ctx.run_typed("b", effect)
            await restate.gather(a)
            try:
                return await b
            except TerminalError:
                return ""
        """,
    ),
    "suppressed by a tuple": (
        "swallowed-terminal-error",
        """
        IGNORED = (TerminalError, KeyError)
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            with contextlib.suppress(*IGNORED):
                await ctx.run_typed("a", effect)
        """,
    ),
    "tries again by hand": (
        "swallowed-terminal-error",
        """
        @svc.handler()
        async def h(ctx: Context, n: int) -> str:
            for i in range(3):
                try:
                    return await ctx.run_typed("a", effect)
                except TerminalError as e:
                    last = e
                    await ctx.sleep(timedelta(seconds=2 ** i))
            return "gave up"
        """,
    ),
    "a rejection and a cancellation alike": (
        "swallowed-terminal-error",
        """
        @svc.handler()
        async def h(ctx: Context, n: int) -> str:
            id, fut = ctx.awakeable(type_hint=str)
            await ctx.run_typed("send", effect, x=id)
            try:
                match await restate.select(a=fut, t=ctx.sleep(timedelta(days=1))):
                    case ["a", v]: return v
                    case _: return "late"
            except TerminalError as err:
                return "rejected: " + err.message
        """,
    ),
}

CLEAN = {
    "raised after the loop": """
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            failed = []
            for n in range(3):
                try:
                    await ctx.run_typed(f"{n}", effect)
                except TerminalError as e:
                    failed.append(e)
            if failed:
                raise failed[0]
        """,
    "a flag decides": """
        @svc.handler()
        async def h(ctx: Context, x: str) -> None:
            ok = True
            try:
                await ctx.run_typed("a", effect)
            except TerminalError:
                ok = False
            if not ok:
                await ctx.run_typed("undo", effect)
                raise TerminalError("no")
        """,
    "the cause decides": """
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            try:
                await ctx.run_typed("a", effect)
            except TerminalError as e:
                match e.status_code:
                    case 409: return "cancelled"
                    case _: return "failed"
            return "ok"
        """,
    "a helper raises it": """
        def check(error: TerminalError) -> None:
            if error.message == "cancelled":
                raise error
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            try:
                await ctx.run_typed("a", effect)
            except TerminalError as e:
                check(e)
                return "failed"
            return "ok"
        """,
    "a subclass is no cancellation": """
        class Declined(TerminalError): pass
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            try:
                await pay(ctx)
            except Declined:
                return "declined"
            return "ok"
        async def pay(ctx: Context) -> None:
            if await ctx.run_typed("a", effect): raise Declined("no")
        """,
    "complete after wait_completed": """
        @svc.handler()
        async def h(ctx: Context, xs: list[str]) -> int:
            futures = {x: ctx.run_typed(x, effect, x=x) for x in xs}
            done, _ = await restate.wait_completed(*futures.values())
            good = 0
            for future in futures.values():
                try:
                    await future
                    good += 1
                except TerminalError as e:
                    good -= 1
            return good
        """,
    "nothing awaited": """
        def validate(x: str) -> None:
            if not x: raise TerminalError("empty")
        @obj.handler()
        async def h(ctx: ObjectContext, x: str) -> str:
            try:
                validate(x)
                ctx.set("x", x)
            except TerminalError as e:
                return e.message
            ctx.clear_all()
            return "ok"
        """,
    "raised after all tries": """
        @svc.handler()
        async def h(ctx: Context, n: int) -> str:
            last = None
            for i in range(3):
                try:
                    return await ctx.run_typed("a", effect)
                except TerminalError as e:
                    last = e
                    await ctx.sleep(timedelta(seconds=2 ** i))
            raise last or TerminalError("x")
        """,
    "asks for the word": caught(
        """
        if "cancel" in str(e).lower():
            return "cancelled"
        return "x"
        """,
    ),
    "raises but for one status": caught(
        """
        if e.status_code != 404:
            raise
        return "x"
        """,
    ),
    "asks by name": caught(
        """
        cancelled = e.status_code == HTTPStatus.CONFLICT
        return "cancelled" if cancelled else "failed"
        """,
        above="from http import HTTPStatus",
    ),
    "requests exceptions and timeouts": """
        import requests
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            t = httpx.Timeout(5)
            def step() -> str:
                return requests.get(x, timeout=3).text
            try:
                return await ctx.run_typed("q", step)
            except TerminalError as e:
                if e.status_code == 409: raise
                return str(e) + str(httpx.URL(x).host)
        """,
}
