from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.manifest.served import Served
from guidelines.rule import Rule


def check(served: Served) -> Iterator[Finding]:
    for component in served.components:
        if component.kind != "workflow":
            continue
        mains = [handler for handler in component.handlers if handler.kind == "workflow"]
        if not mains:
            message = f"workflow {component.name} has no main handler"
            yield RULE.finding(component.path, component.line, message)
        for extra in mains[1:]:
            message = f"workflow {component.name} has another main handler: {mains[0].name}"
            yield RULE.finding(extra.path, extra.line, message)


_GOOD = """\
import restate
from restate import Workflow, WorkflowContext, WorkflowSharedContext

signup = Workflow("Signup")


@signup.main()
async def run(ctx: WorkflowContext, email: str) -> bool:
    return await ctx.promise("confirmed", type_hint=bool).value()


@signup.handler()
async def confirm(ctx: WorkflowSharedContext) -> None:
    await ctx.promise("confirmed", type_hint=bool).resolve(True)


app = restate.app([signup])
"""

RULE = Rule(
    name="workflow-main",
    guidelines=("do-III-2",),
    severity=Severity.ERROR,
    checker="manifest",
    purpose="A workflow with no main handler, or with several.",
    why=(
        "A workflow is its main handler, run once per id. Without one it cannot start; with two, nobody can say which "
        "of them is what happens once."
    ),
    remedy="Give each workflow exactly one `@name.main()`; what queries and signals it is a `@name.handler()`.",
    bad=_GOOD.replace("@signup.main()", "@signup.handler()").replace(
        "(ctx: WorkflowContext, email", "(ctx: WorkflowSharedContext, email"
    ),
    good=_GOOD,
    check=check,
)
