from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.manifest.served import Served
from guidelines.rule import Rule


def check(served: Served) -> Iterator[Finding]:
    for component in served.components:
        if component.kind == "service" or isinstance(component.state_preload, bool):
            continue
        if component.state_preload is None:
            message = f"{component.name} does not say whether its state is sent along with each invocation"
        else:
            message = f"{component.name} lists the state to preload, and server 1.7 refuses to register that"
        yield RULE.finding(component.path, component.line, message)


_GOOD = """\
import restate
from restate import ObjectContext, VirtualObject

counter = VirtualObject("Counter", state_preload=True)


@counter.handler()
async def add(ctx: ObjectContext, amount: int) -> None:
    ctx.set("value", (await ctx.get("value", type_hint=int) or 0) + amount)


app = restate.app([counter])
"""

RULE = Rule(
    name="unstated-preload",
    guidelines=("do-IV-7",),
    severity=Severity.WARNING,
    checker="manifest",
    purpose="An object or workflow that leaves open whether its state is loaded eagerly.",
    why=(
        "Eager state comes with every invocation, all of it: right for a few small values. Lazy state is fetched value "
        "by value: right for large state of which a handler needs little. The default fits neither on purpose."
    ),
    remedy="State `state_preload=True` for a few small values, `state_preload=False` for large ones.",
    bad=_GOOD.replace(", state_preload=True", ""),
    good=_GOOD,
    check=check,
)
