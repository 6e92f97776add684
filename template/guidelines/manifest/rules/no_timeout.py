from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.manifest.served import Handler, Served
from guidelines.rule import Rule


def check(served: Served) -> Iterator[Finding]:
    for component in served.components:
        for subject, missing in component.told(_missing):
            message = f"{subject} states no {missing}"
            yield RULE.finding(subject.path, subject.line, message)


def _missing(handler: Handler) -> str:
    timeouts = {"inactivity_timeout": handler.inactivity_timeout, "abort_timeout": handler.abort_timeout}
    return " and no ".join(option for option, seconds in timeouts.items() if seconds is None)


_GOOD = """\
from datetime import timedelta

import restate
from restate import Context, Service

greeter = Service("Greeter", inactivity_timeout=timedelta(minutes=5), abort_timeout=timedelta(minutes=10))


@greeter.handler()
async def greet(ctx: Context, name: str) -> str:
    return f"Hello, {name}"


app = restate.app([greeter])
"""

RULE = Rule(
    name="no-timeout",
    guidelines=("do-I-6",),
    severity=Severity.WARNING,
    checker="manifest",
    purpose="A handler whose inactivity and abort timeouts nobody chose.",
    why=(
        "By default an attempt that is silent for a minute is asked to suspend, and ten minutes later cut off, "
        "wherever it is. A step that takes longer starts again while the old one still runs, and does so every time."
    ),
    remedy="Give the component, or the handler, an `inactivity_timeout` and an `abort_timeout` above its slowest step.",
    bad=_GOOD.replace(", abort_timeout=timedelta(minutes=10)", ""),
    good=_GOOD,
    check=check,
)
