"""How much the lint finds: injects each rule's violation into every handler of a project, in many disguises.

`PYTHONPATH=template python tests/guidelines/mutate_lint.py [ROOT]` prints the recall per rule and per disguise. ROOT is
the template by default; any tree of handlers will do.
"""

import ast
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent
from typing import NamedTuple

from guidelines import lint
from guidelines.lint.model.services import Handler

IMPORTS = """
import asyncio as _asyncio, functools as _functools, os as _os, time as _time, uuid as _uuid, random as _random
from datetime import timedelta as _timedelta
import httpx as _httpx, restate as _restate
def _effect(x=""): return x
async def _aeffect(x=""): return x
"""

VIOLATIONS: dict[str, str] = {
    "unstable-clock": "_t = _time.time()",
    "unstable-id": "_i = str(_uuid.uuid4())",
    "nondeterministic-call": "async with _httpx.AsyncClient() as _c:\n    await _c.get('http://x')",
    "context-in-step": "await ctx.run_typed('x', lambda: ctx.uuid())",
    "broad-except": "try:\n    await ctx.run_typed('x', _effect)\nexcept Exception:\n    pass",
    "asyncio-combinator": "await _asyncio.wait_for(ctx.run_typed('x', _effect), 1)",
    "unordered-iteration": "for _x in {'a', 'b'}:\n    await ctx.run_typed(_x, _effect, x=_x)",
    "unawaited-operation": "ctx.run_typed('x', _effect)",
    "step-mutates-closure": "_seen = []\nawait ctx.run_typed('x', lambda: _seen.append(1))",
    "step-returns-coroutine": "await ctx.run_typed('x', lambda: _aeffect('x'))",
    "effect-in-finally": "try:\n    await ctx.run_typed('x', _effect)\nfinally:\n    await ctx.run_typed('y', _effect)",
    "raise-from-none": (
        "try:\n    await ctx.run_typed('x', _effect)\nexcept _restate.TerminalError:\n"
        "    raise ValueError('x') from None"
    ),
    "swallowed-terminal-error": (
        "try:\n    await ctx.run_typed('x', _effect)\nexcept _restate.TerminalError:\n    pass"
    ),
    "unsafe-logging": "print('x')",
    "no-deadline": "_n, _f = ctx.awakeable()\nawait _f",
    "generic-exception-raised": "if ctx is None:\n    raise ValueError('x')",
    "endless-loop": "while True:\n    await ctx.sleep(_timedelta(seconds=1))",
    "write-in-shared-handler": "ctx.set('x', 1)",
    "blocks-exclusive-handler": "await ctx.sleep(_timedelta(seconds=1))",
    "secret-from-context-random": "_token = str(ctx.uuid())",
}
KINDS: dict[str, Callable[[Handler], bool]] = {
    "write-in-shared-handler": lambda handler: handler.mode == "shared",
    "blocks-exclusive-handler": lambda handler: handler.exclusive,
}


@dataclass
class Disguise:
    """What goes to the handler, to the end of its file, and into a file beside it; `{n}` tells handlers apart."""

    inside: str
    below: str = ""
    beside: str = ""


HELPER = "async def _bad{n}(ctx):\n{body}\n"
DISGUISES = {
    "direct": Disguise("{code}"),
    "helper": Disguise("await _bad{n}(ctx)", HELPER),
    "two helpers": Disguise("await _a{n}(ctx)", HELPER + "async def _a{n}(c):\n    await _bad{n}(c)\n"),
    "five helpers": Disguise(
        "await _e{n}(ctx)",
        HELPER
        + "async def _a{n}(c): await _bad{n}(c)\nasync def _b{n}(c): await _a{n}(c)\n"
        + "async def _c{n}(c): await _b{n}(c)\nasync def _d{n}(c): await _c{n}(c)\n"
        + "async def _e{n}(*c): await _d{n}(*c)\n",
    ),
    "method": Disguise("await _M{n}().go(ctx)", "class _M{n}:\n    async def go(self, ctx):\n{body2}\n"),
    "own context": Disguise(
        "await _M{n}(ctx).go()",
        "class _M{n}:\n    def __init__(self, ctx): self.ctx = ctx\n"
        "    async def go(self):\n        ctx = self.ctx\n{body2}\n",
    ),
    "lambda": Disguise("await (lambda c: _bad{n}(c))(ctx)", HELPER),
    "partial": Disguise("await _functools.partial(_bad{n}, ctx)()", HELPER),
    "list": Disguise("for _f in [_effect, _bad{n}]:\n    await _f(ctx)", HELPER),
    "table": Disguise("await {{'a': _bad{n}}}['a'](ctx)", HELPER),
    "nested": Disguise("async def _in():\n{body}\nawait _in()"),
    "decorator": Disguise(
        "await _bad{n}(ctx)",
        "def _deco{n}(fn):\n    @_functools.wraps(fn)\n    async def wrapper(*a, **k): return await fn(*a, **k)\n"
        "    return wrapper\n@_deco{n}\n" + HELPER,
    ),
    "inheritance": Disguise(
        "await _M{n}().run(ctx)",
        "class _B{n}:\n    async def run(self, ctx): await self.go(ctx)\n    async def go(self, ctx): ...\n"
        "class _M{n}(_B{n}):\n    async def go(self, ctx):\n{body2}\n",
    ),
    "other file": Disguise("from {module} import _bad{n}\nawait _bad{n}(ctx)", beside=IMPORTS + HELPER),
    "other file, aliased": Disguise("import {module} as _o\nawait _o._bad{n}(ctx)", beside=IMPORTS + HELPER),
}


class Measured(NamedTuple):
    """Whether the violation was found in a handler, such as "workflows/order.py run"."""

    handler: str
    hit: bool


def main() -> None:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2] / "template").resolve()
    by_rule: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    by_disguise: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    missed: list[str] = []
    for rule in VIOLATIONS:
        for name in DISGUISES:
            for found in measure(root, rule, name):
                for counts in (by_rule[rule], by_disguise[name]):
                    counts[0] += found.hit
                    counts[1] += 1
                if not found.hit:
                    missed.append(f"{rule} / {name} / {found.handler}")
    for title, table in (("rule", by_rule), ("disguise", by_disguise)):
        print(title)
        for name, (hits, total) in table.items():
            print(f"  {name:28} {hits:4}/{total}")
    print(*missed[:40], sep="\n")


def measure(root: Path, rule: str, disguise: str) -> Iterator[Measured]:
    """Injects a rule's violation, disguised, into every handler of a project."""
    files = {path: path.read_text() for path in sorted(root.rglob("*.py")) if "guidelines" not in path.parts}
    handlers = [handler for handler in lint.load(root, list(files)).handlers if handler.function is not None]
    chosen = [handler for handler in handlers if rule not in KINDS or KINDS[rule](handler)]
    yield from _measure(root, files, chosen, rule, VIOLATIONS[rule], DISGUISES[disguise])


def _measure(
    root: Path, files: dict[Path, str], handlers: list[Handler], rule: str, code: str, disguise: Disguise
) -> Iterator[Measured]:
    """All handlers mutated at once, each with helpers of its own; the line of each violation is known by a mark."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for path, text in files.items():
            target = copy / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        marks: dict[int, tuple[str, str]] = {}
        for number, handler in enumerate(handlers):
            marks[number] = (handler.function.module.path if handler.function else "", handler.name)
        by_file: dict[str, list[tuple[int, Handler]]] = defaultdict(list)
        for number, handler in enumerate(handlers):
            by_file[marks[number][0]].append((number, handler))
        for name, inside in by_file.items():
            _mutate(copy, name, inside, code, disguise)
        found = lint.run(lint.load(copy, list(copy.rglob("*.py"))))
        lines = {path: path.read_text().splitlines() for path in copy.rglob("*.py")}
        hit = set()
        for finding in found:
            if finding.rule == rule:
                near = lines[copy / finding.path][max(0, finding.line - 7) : finding.line + 6]
                hit |= {int(line.rsplit("#mark", 1)[1]) for line in near if "#mark" in line}
        for number, (where, name) in marks.items():
            yield Measured(f"{where} {name}", number in hit)


def _mutate(copy: Path, name: str, handlers: list[tuple[int, Handler]], code: str, disguise: Disguise) -> None:
    path = copy / name
    lines = path.read_text().splitlines()
    below, beside = IMPORTS, ""
    module = f"beside_{name.removesuffix('.py').replace('/', '_')}"
    for number, handler in sorted(handlers, key=lambda item: -getattr(item[1].function.node, "lineno", 0)):  # type: ignore[union-attr]
        assert handler.function is not None
        marked = code + f"\n'#mark'  #mark{number}"
        context = handler.function.parameters[0].arg
        words = {
            "n": number,
            "code": marked.replace("ctx", context),
            "body": indent(marked, "    "),
            "body2": indent(marked, "        "),
            "module": module,
        }
        body = handler.function.body
        first = body[0]
        has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        at = (first.end_lineno or 0) if has_docstring and len(body) > 1 else first.lineno - 1
        inside = disguise.inside.format(**words)
        if disguise.inside != "{code}":
            inside = inside.replace("(ctx)", f"({context})").replace(", ctx)", f", {context})")
        lines[at:at] = indent(inside, " " * first.col_offset).splitlines()
        below += disguise.below.format(**words)
        beside += disguise.beside.format(**words)
    last = next((i for i, line in enumerate(lines) if line.startswith("if __name__")), len(lines))
    lines[last:last] = below.splitlines()
    path.write_text("\n".join(lines) + "\n")
    if beside:
        (copy / f"{module}.py").write_text(beside)


if __name__ == "__main__":
    main()
