"""Objects that may wait for each other."""

from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.project import Project
from guidelines.lint.model.services import Handler
from guidelines.lint.report import at
from guidelines.lint.targets import Call, calls
from guidelines.rule import Rule


def check(project: Project) -> Iterator[Finding]:
    made: dict[Handler, list[Call]] = {}
    reaches = {handler: project.from_handlers([handler]) for handler in project.handlers}
    for call in calls(project):
        for handler, reached in reaches.items():
            if call.frame in reached:
                made.setdefault(handler, []).append(call)
    for handler in project.handlers:
        if handler.exclusive:
            for call in made.get(handler, ()):
                path = _back(call, handler, made)
                if path and not (call.own_key and call.target.service is handler.service and not handler.service.many):
                    names = " -> ".join([_name(handler), *(_name(target) for target in path)])
                    message = f"{names}: exclusive handlers wait for each other if the keys are the same"
                    yield at(project, RULE, call.frame, call.node, message, reached=reaches[handler])
                    for closing in made.get(path[-2], ()) if len(path) > 1 else ():
                        if closing.target is path[-1]:
                            yield at(project, RULE, closing.frame, closing.node, message, reached=reaches[path[-2]])


def _back(call: Call, handler: Handler, made: dict[Handler, list[Call]]) -> list[Handler]:
    """The shortest way from a call back to an exclusive handler of the same object."""
    paths = [[call.target]]
    seen = {call.target}
    while paths:
        path = paths.pop(0)
        if path[-1].exclusive and path[-1].service is handler.service:
            return path
        for further in made.get(path[-1], ()):
            if further.target not in seen:
                seen.add(further.target)
                paths.append([*path, further.target])
    return []


def _name(handler: Handler) -> str:
    return f"{handler.service.name}.{handler.name}"


RULE = Rule(
    name="call-cycle",
    guidelines=("dont-II-1", "dont-II-4"),
    severity=Severity.WARNING,
    checker="lint",
    purpose="Finds cycles of request-response calls between exclusive handlers, also through services and workflows.",
    why="Each holds the lock of its key while it waits for the other. When the keys meet, neither goes on. Agents "
    "that call each other in one object are a case of it.",
    remedy="Let one of them send a message instead of calling, or call a shared handler.",
    bad="""
import restate

buyer = restate.VirtualObject("Buyer")
seller = restate.VirtualObject("Seller")


@buyer.handler()
async def buy(ctx: restate.ObjectContext, item: str) -> str:
    return await ctx.object_call(sell, key=item, arg=ctx.key())


@buyer.handler()
async def pay(ctx: restate.ObjectContext, amount: int) -> int:
    return amount


@seller.handler()
async def sell(ctx: restate.ObjectContext, to: str) -> str:
    await ctx.object_call(pay, key=to, arg=1)
    return "sold"
""",
    good="""
import restate

buyer = restate.VirtualObject("Buyer")
seller = restate.VirtualObject("Seller")


@buyer.handler()
async def buy(ctx: restate.ObjectContext, item: str) -> str:
    return await ctx.object_call(sell, key=item, arg=ctx.key())


@buyer.handler()
async def pay(ctx: restate.ObjectContext, amount: int) -> int:
    return amount


@seller.handler()
async def sell(ctx: restate.ObjectContext, to: str) -> str:
    ctx.object_send(pay, key=to, arg=1)
    return "sold"
""",
    check=check,
)
