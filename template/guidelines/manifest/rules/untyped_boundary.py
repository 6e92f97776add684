from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.manifest.served import Served, Value
from guidelines.rule import Rule


def check(served: Served) -> Iterator[Finding]:
    for handler in served.handlers:
        for what, value in (("input", handler.input), ("output", handler.output)):
            harmless = ("checked", "plain") if what == "output" else ("checked",)
            if value is not None and value.check not in harmless:
                message = f"the {what} of {handler} {_problem(value)}"
                yield RULE.finding(handler.path, handler.line, message)


def _problem(value: Value) -> str:
    match value.check:
        case "missing":
            return "has no type"
        case "open":
            return f"is {value.type}, which everything fits"
        case _:
            return f"is {value.type}, which nobody checks"


_GOOD = """\
import restate
from pydantic import BaseModel
from restate import Context, Service

greeter = Service("Greeter")


class Greeting(BaseModel):
    name: str


@greeter.handler()
async def greet(ctx: Context, greeting: Greeting) -> Greeting:
    return greeting


app = restate.app([greeter])
"""

RULE = Rule(
    name="untyped-boundary",
    guidelines=("do-IV-6",),
    severity=Severity.WARNING,
    checker="manifest",
    purpose="A handler's input or output is no model, so that nobody checks what arrives.",
    why=(
        "Without a model the SDK hands on whatever the JSON says, and an empty body as None. The handler then fails "
        "somewhere in the middle, on every attempt. Nor does the server know a schema to refuse it by."
    ),
    remedy="Annotate a Pydantic model; or make the service with `durable.Service`, which checks every type.",
    bad=_GOOD.replace("greeting: Greeting", "greeting: list[Greeting]"),
    good=_GOOD,
    check=check,
)
