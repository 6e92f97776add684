"""Promises of workflows, and waits that need a deadline."""

FOUND = {
    "a promise in a service": (
        "promise-outside-workflow",
        """
        async def wait(ctx): return await ctx.promise("p", type_hint=str).peek()
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            return await wait(ctx) or ""
        """,
    ),
    "a promise in an object": (
        "promise-outside-workflow",
        """
        @obj.handler("x", kind="shared")
        async def h(ctx: ObjectSharedContext, x: str) -> None:
            await ctx.promise("p", type_hint=str).resolve(x)
        """,
    ),
    "a promise in a helper nobody calls": (
        "promise-outside-workflow",
        """
        async def approve(ctx: ObjectContext, x: str) -> None:
            await ctx.promise("p", type_hint=str).resolve(x)
        """,
    ),
    "a promise through self": (
        "promise-outside-workflow",
        """
        class Approvals:
            def __init__(self, ctx: ObjectContext): self.ctx = ctx
            async def wait(self): return await self.ctx.promise("x", type_hint=bool).peek()
        @obj.handler()
        async def h(ctx: ObjectContext, n: int) -> None:
            await Approvals(ctx).wait()
            ctx.clear_all()
        """,
    ),
    "promise without deadline": (
        "no-deadline",
        """
        @wf.main()
        async def run(ctx: WorkflowContext) -> str:
            return await ctx.promise("p", type_hint=str)
        """,
    ),
}

CLEAN = {
    "a promise in a helper of a workflow": """
        async def approve(ctx, x: str) -> None: await ctx.promise("p", type_hint=str).resolve(x)
        @wf.handler()
        async def h(ctx: WorkflowSharedContext, x: str) -> None: await approve(ctx, x)
        """,
    "a promise of any context": """
        async def approve(ctx: ObjectContext | WorkflowContext, x: str) -> None:
            if isinstance(ctx, WorkflowContext):
                await ctx.promise("p", type_hint=str).resolve(x)
        """,
    "a promise that is no promise": """
        class Ctx:
            def promise(self, x: str) -> str: return x
        @svc.handler()
        async def h(ctx: Context, x: str) -> str: return Ctx().promise(x)
        """,
    "wf promise peek reject": """
        @wf.main()
        async def run(ctx: WorkflowContext, n: int) -> str:
            p = ctx.promise("d", type_hint=str)
            match await restate.select(p=p.value(), t=ctx.sleep(timedelta(days=1))):
                case ["p", v]: return v
                case _: return "late"
        @wf.handler()
        async def reject(ctx: WorkflowSharedContext, why: str) -> None:
            await ctx.promise("d", type_hint=str).reject(why, 409)
        """,
    "retried awaitables wrapper": """
        async def with_deadline(ctx, fut, seconds):
            match await restate.select(r=fut, t=ctx.sleep(timedelta(seconds=seconds))):
                case ["r", v]: return v
                case _: raise TerminalError("late")
        @svc.handler()
        async def h(ctx: Context) -> str:
            _, f = ctx.awakeable(type_hint=str)
            return await with_deadline(ctx, f, 3)
        """,
    "workflow main sets, shared reads": """
        @wf.main()
        async def run(ctx: WorkflowContext) -> str:
            ctx.set("s", "x")
            match await restate.select(a=ctx.promise("p", type_hint=str).value(), t=ctx.sleep(timedelta(days=1))):
                case ["a", v]: return v
                case _: return ""
        @wf.handler()
        async def approve(ctx: WorkflowSharedContext) -> None:
            await ctx.promise("p", type_hint=str).resolve("x")
        @wf.handler()
        async def status(ctx: WorkflowSharedContext) -> str:
            return await ctx.get("s", type_hint=str) or ""
        """,
}
