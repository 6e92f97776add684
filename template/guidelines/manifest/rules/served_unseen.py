from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.manifest.served import Served
from guidelines.rule import Rule


def check(served: Served) -> Iterator[Finding]:
    for handler in served.handlers:
        if (handler.path, handler.line) not in served.linted:
            message = f"{handler} is served, but the linter did not see it: nothing in it was checked"
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


async def greet(ctx: Context, name: str) -> str:
    return f"Hello, {name}"


methodcaller("handler")(greeter)(greet)

app = restate.app([greeter])
"""

RULE = Rule(
    name="served-unseen",
    guidelines=("do-I-3",),
    severity=Severity.ERROR,
    checker="manifest",
    purpose="A handler that is served, but that the linter could not see.",
    why=(
        "The linter reads source and follows decorators. A handler that is registered in another way, or that lives in "
        "an excluded file or in a package, is not checked: without this rule that would look like a clean bill."
    ),
    remedy="Register the handler with `@service.handler()` at module level, or take its file out of `exclude`.",
    bad=_BAD,
    good=_GOOD,
    check=check,
)
