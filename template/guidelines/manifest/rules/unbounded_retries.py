from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.manifest.served import Handler, Served
from guidelines.rule import Rule


def check(served: Served) -> Iterator[Finding]:
    for component in served.components:
        for subject, missing in component.told(_missing):
            message = f"{subject} does not say {missing}"
            yield RULE.finding(subject.path, subject.line, message)


def _missing(handler: Handler) -> str:
    if handler.max_attempts is None:
        return "how often it is tried"
    return "" if handler.on_max_attempts else "what happens when its attempts are used up"


_GOOD = """\
import restate
from restate import Context, InvocationRetryPolicy, Service

greeter = Service(
    "Greeter",
    invocation_retry_policy=InvocationRetryPolicy(max_attempts=30, on_max_attempts="pause"),
)


@greeter.handler()
async def greet(ctx: Context, name: str) -> str:
    return f"Hello, {name}"


app = restate.app([greeter])
"""

RULE = Rule(
    name="unbounded-retries",
    guidelines=("do-V-1",),
    severity=Severity.WARNING,
    checker="manifest",
    purpose="A handler without a retry policy, or with one that has no end.",
    why=(
        "Then the server's own policy holds, which may be another one on another server: a mistake in the code is "
        "tried again for hours before anybody hears of it."
    ),
    remedy='Give the component an `invocation_retry_policy` with `max_attempts` and `on_max_attempts="pause"`.',
    bad=_GOOD.replace("max_attempts=30, ", ""),
    good=_GOOD,
    check=check,
)
