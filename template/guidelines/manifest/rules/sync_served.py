from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.manifest.served import Served
from guidelines.rule import Rule


def check(served: Served) -> Iterator[Finding]:
    for handler in served.handlers:
        if not handler.is_async:
            message = f"{handler} is served, but is no `async def`"
            yield RULE.finding(handler.path, handler.line, message)


_GOOD = """\
import restate
from restate import Context, Service

greeter = Service("Greeter")


@greeter.handler()
async def greet(ctx: Context, name: str) -> str:
    return f"Hello, {name}"


app = restate.app([greeter])
"""

_BAD = """\
from operator import methodcaller

import restate
from restate import Context, Service

greeter = Service("Greeter")


def greet(ctx: Context, name: str) -> str:
    return f"Hello, {name}"


methodcaller("handler")(greeter)(greet)

app = restate.app([greeter])
"""

RULE = Rule(
    name="served-sync-handler",
    guidelines=("do-I-2",),
    severity=Severity.ERROR,
    checker="manifest",
    purpose="A handler that is served is a plain function.",
    why=(
        "The SDK awaits what a handler returns. A plain function runs to its end, effects and all, and then its "
        "attempt fails on the `await`, and is made again."
    ),
    remedy="Write `async def`, and await what the handler does.",
    bad=_BAD,
    good=_GOOD,
    check=check,
)
