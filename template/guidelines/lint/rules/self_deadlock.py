"""Objects that wait for themselves."""

from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.project import Project
from guidelines.lint.report import at
from guidelines.lint.targets import calls
from guidelines.rule import Rule


def check(project: Project) -> Iterator[Finding]:
    for handler in project.handlers:
        if not handler.exclusive or handler.service.many:
            continue
        reached = project.from_handlers([handler])
        for call in calls(project):
            own = call.own_key and call.target.exclusive and call.target.service is handler.service
            if own and call.frame in reached:
                message = f"{handler.name} calls {call.target.name} of its own key and waits: a deadlock"
                yield at(project, RULE, call.frame, call.node, message, reached=reached)


RULE = Rule(
    name="self-deadlock",
    guidelines=("dont-II-1",),
    severity=Severity.ERROR,
    checker="lint",
    purpose="Finds exclusive handlers that call an exclusive handler of their own key.",
    why="The call waits for the lock that the caller holds. It hangs for ever, and with it everything for that key.",
    remedy="Call a plain function instead, or send a message and do not wait.",
    bad="""
import restate

account = restate.VirtualObject("Account")


@account.handler()
async def deposit(ctx: restate.ObjectContext, amount: int) -> int:
    balance = await ctx.get("balance", type_hint=int) or 0
    ctx.set("balance", balance + amount)
    return balance + amount


@account.handler()
async def reset(ctx: restate.ObjectContext) -> int:
    ctx.clear_all()
    return await ctx.object_call(deposit, key=ctx.key(), arg=0)
""",
    good="""
import restate

account = restate.VirtualObject("Account")


async def add(ctx: restate.ObjectContext, amount: int) -> int:
    balance = await ctx.get("balance", type_hint=int) or 0
    ctx.set("balance", balance + amount)
    return balance + amount


@account.handler()
async def deposit(ctx: restate.ObjectContext, amount: int) -> int:
    return await add(ctx, amount)


@account.handler()
async def reset(ctx: restate.ObjectContext) -> int:
    ctx.clear_all()
    return await add(ctx, 0)
""",
    check=check,
)
