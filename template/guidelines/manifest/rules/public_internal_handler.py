from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.manifest.served import Served
from guidelines.rule import Rule


def check(served: Served) -> Iterator[Finding]:
    for handler in served.handlers:
        sender = served.internal.get((handler.path, handler.line))
        if sender and not handler.private:
            message = f"{handler} is what {sender} sends to its own key, but anybody can send it"
            yield RULE.finding(handler.path, handler.line, message)


_GOOD = """\
from datetime import timedelta

import restate
from restate import ObjectContext, VirtualObject

session = VirtualObject("Session")


@session.handler()
async def start(ctx: ObjectContext) -> None:
    ctx.set("open", True)
    ctx.object_send(expire, key=ctx.key(), arg=None, send_delay=timedelta(hours=1))


@session.handler(ingress_private=True)
async def expire(ctx: ObjectContext) -> None:
    ctx.clear_all()


app = restate.app([session])
"""

RULE = Rule(
    name="public-internal-handler",
    guidelines=("do-VII-6",),
    severity=Severity.WARNING,
    checker="manifest",
    purpose="A handler that an object sends to itself is open to the world.",
    why=(
        "Whoever reaches the ingress can send it too, at any time and to any key: let a session expire, or tick a "
        "timetable twice."
    ),
    remedy="Register it with `ingress_private=True`; handlers reach it all the same.",
    bad=_GOOD.replace("ingress_private=True", ""),
    good=_GOOD,
    check=check,
)
