"""Context operations in an order that differs between processes."""

import ast
from collections.abc import Iterator

from guidelines.finding import Edit, Finding, Severity
from guidelines.lint import fixes
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project
from guidelines.lint.model.values import Bound, Collection
from guidelines.lint.report import at
from guidelines.rule import Rule


def check(project: Project) -> Iterator[Finding]:
    for frame in project.durable:
        for loop in frame.function.own(ast.For, ast.AsyncFor):
            if project.is_unordered(frame.of(loop.iter)) and project.operates(frame, loop.body):
                yield _found(project, frame, loop.iter, loop.iter)
        for made in frame.function.own(ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp):
            for generator in made.generators:
                if project.is_unordered(frame.of(generator.iter)) and _operates(project, frame, made):
                    yield _found(project, frame, generator.iter, generator.iter)
        for call in project.calls(frame):
            yield from _call(project, frame, call)


def _operates(
    project: Project, frame: Frame, made: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
) -> bool:
    parts = [made.key, made.value] if isinstance(made, ast.DictComp) else [made.elt]
    inner = [generator.iter for generator in made.generators[1:]]
    return project.operates(frame, [*parts, *inner, *(test for gen in made.generators for test in gen.ifs)])


def _call(project: Project, frame: Frame, call: ast.Call) -> Iterator[Finding]:
    """`map(step, {…})`, `gather(*{…})`, and taking any one element out of a set."""
    externals = project.externals(frame, call)
    if externals & {"builtins.map"} and any(project.is_unordered(frame.of(item)) for item in call.args[1:]):
        mapped = {callee for (callee, node) in frame.edges if node is call}
        if mapped & project.operating:
            yield _found(project, frame, call, None)
    for loop in frame.function.own(ast.While):
        inside = any(node is call for statement in loop.body for node in ast.walk(statement))
        if inside and _takes_any(project, frame, call, externals) and project.operates(frame, loop.body):
            yield _found(project, frame, call, None)


def _takes_any(project: Project, frame: Frame, call: ast.Call, externals: set[str]) -> bool:
    if "builtins.next" in externals:
        return any(project.is_unordered(frame.of(item)) for item in call.args)
    return any(
        isinstance(value, Bound)
        and isinstance(value.receiver, Collection)
        and value.receiver.kind == "set"
        and value.receiver.unordered
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "pop"
        for value in frame.of(call.func)
    )


def _found(project: Project, frame: Frame, node: ast.expr, iterated: ast.expr | None) -> Finding:
    edits: tuple[Edit, ...] = ()
    if isinstance(iterated, ast.Set | ast.SetComp) or (
        isinstance(iterated, ast.Call) and ast.unparse(iterated.func) in ("set", "frozenset")
    ):
        edits = fixes.wrap(iterated, "sorted(", ")")
    message = "context operations in the order of a set, which is another one in every process"
    return at(project, RULE, frame, node, message, edits=edits)


RULE = Rule(
    name="unordered-iteration",
    guidelines=("dont-I-5",),
    severity=Severity.ERROR,
    checker="lint",
    purpose="Finds context operations while iterating over a set.",
    why="Strings hash differently in every process, so the replay meets the elements in another order than the "
    "journal has them. Dicts are fine: they keep the order of insertion.",
    remedy="Iterate over sorted(…), or over a list or dict made in a known order.",
    bad="""
import restate

mailing = restate.Service("Mailing")


def send(address: str) -> None:
    print(address)


@mailing.handler()
async def notify(ctx: restate.Context, addresses: str) -> None:
    for address in set(addresses.split()):
        await ctx.run_typed("send", send, address=address)
""",
    good="""
import restate

mailing = restate.Service("Mailing")


def send(address: str) -> None:
    print(address)


@mailing.handler()
async def notify(ctx: restate.Context, addresses: str) -> None:
    for address in sorted(set(addresses.split())):
        await ctx.run_typed("send", send, address=address)
""",
    check=check,
    fixable=True,
)
