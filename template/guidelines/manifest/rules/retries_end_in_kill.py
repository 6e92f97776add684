from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.manifest.served import Served
from guidelines.rule import Rule


def check(served: Served) -> Iterator[Finding]:
    for handler in served.handlers:
        if handler.on_max_attempts == "kill":
            message = f"{handler} is killed after {handler.max_attempts or 'the last of its'} attempts"
            yield RULE.finding(handler.path, handler.line, message)


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
    name="retries-end-in-kill",
    guidelines=("dont-IV-2",),
    severity=Severity.ERROR,
    checker="manifest",
    purpose="A handler that is killed when its retries are used up.",
    why=(
        "A killed invocation runs no compensation: what it did so far stays done. Its caller gets a failure that tells "
        "of the code's insides. A paused one waits for the fix, and goes on where it was."
    ),
    remedy='Say `on_max_attempts="pause"`, and resume after the fix.',
    bad=_GOOD.replace('"pause"', '"kill"'),
    good=_GOOD,
    check=check,
)
