"""Errors in newcomers' ways: swallowed, replaced, turned into text; and code that does the same with good reason."""

from pathlib import Path
from textwrap import dedent

import pytest
from test_lint_model import HEAD
from trees import check

from guidelines.finding import Severity

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
    "compensates and returns": (
        "swallowed-terminal-error",
        """
        class Saga:
            def __init__(self): self.undo = []
            async def compensate(self, failure):
                failed = []
                for u in reversed(self.undo):
                    try: await u()
                    except TerminalError as e: failed.append(e.message)
                if failed: raise TerminalError("; ".join(failed)) from failure
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            saga = Saga()
            try:
                saga.undo.append(functools.partial(ctx.run_typed, "undo", effect))
                await ctx.run_typed("x", effect)
            except TerminalError as failure:
                await saga.compensate(failure)
                return "failed"
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
    "a compensation that fails": """
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            undo = []
            try:
                undo.append(lambda: ctx.run_typed("undo", effect))
                return await ctx.run_typed("a", effect)
            except TerminalError:
                for step in reversed(undo):
                    try:
                        await step()
                    except TerminalError as failed:
                        undo.clear()
                raise
        """,
    "compensations in a helper": """
        async def undo_all(ctx, undo):
            for step in reversed(undo):
                try:
                    await step()
                except TerminalError as failed:
                    undo.clear()
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            undo = []
            try:
                undo.append(lambda: ctx.run_typed("undo", effect))
                return await ctx.run_typed("a", effect)
            except TerminalError:
                await undo_all(ctx, undo)
                raise
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
}


@pytest.mark.parametrize("name", FOUND)
def test_a_violation_is_found(name: str, tmp_path: Path) -> None:
    rule, code = FOUND[name]
    found = check(tmp_path, {"service.py": HEAD + dedent(code)})
    assert rule in {f.rule for f in found if f.severity is not Severity.ADVICE}, found
    assert {f.rule for f in found if f.severity is Severity.ERROR} <= {rule}


@pytest.mark.parametrize("name", CLEAN)
def test_right_code_is_clean(name: str, tmp_path: Path) -> None:
    found = check(tmp_path, {"service.py": HEAD + dedent(CLEAN[name])})
    assert [f for f in found if f.severity is not Severity.ADVICE and f.rule != "untyped-handler"] == []
