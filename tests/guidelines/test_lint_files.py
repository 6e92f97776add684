"""Projects of several files, files that cannot be read, chains, configuration and edits."""

import ast
from pathlib import Path

import pytest

from guidelines import lint
from guidelines.finding import Edit, Severity
from tests.guidelines.trees import check, rules_of

CLOCK = "import time\ndef now():\n    return time.time()\n"
HANDLER = """
import restate
svc = restate.Service("S")
{imports}
@svc.handler()
async def h(ctx: restate.Context) -> float:
    return {call}
"""

LAYOUTS = {
    "beside": ("clock.py", "from clock import now", "now()", "app.py"),
    "module": ("clock.py", "import clock", "clock.now()", "app.py"),
    "package": ("tools/clock.py", "from tools.clock import now", "now()", "app.py"),
    "module of a package": ("tools/clock.py", "from tools import clock", "clock.now()", "app.py"),
    "dotted": ("tools/clock.py", "import tools.clock", "tools.clock.now()", "app.py"),
    "dotted with a name": ("tools/clock.py", "import tools.clock as c", "c.now()", "app.py"),
    "relative": ("shop/clock.py", "from .clock import now", "now()", "shop/app.py"),
    "relative module": ("shop/clock.py", "from . import clock", "clock.now()", "shop/app.py"),
    "relative up": ("shop/clock.py", "from ..clock import now as n", "n()", "shop/api/app.py"),
    "star": ("clock.py", "from clock import *", "now()", "app.py"),
    "src": ("src/tools/clock.py", "from tools.clock import now", "now()", "src/app.py"),
    "several projects": ("one/clock.py", "from clock import now", "now()", "one/app.py"),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_helper_in_another_file_is_followed(name: str, tmp_path: Path) -> None:
    helper, imports, call, app = LAYOUTS[name]
    files = {helper: CLOCK, app: HANDLER.format(imports=imports, call=call)}
    found = check(tmp_path, files)
    assert [(f.path, f.line, f.rule) for f in found if f.severity is Severity.ERROR] == [(helper, 3, "unstable-clock")]


@pytest.mark.parametrize("package", ["shop/__init__.py", "nothing.txt"])
def test_packages_work_with_and_without_init(package: str, tmp_path: Path) -> None:
    files = {
        package: "",
        "shop/clock.py": CLOCK,
        "app.py": HANDLER.format(imports="from shop import clock", call="clock.now()"),
    }
    assert "unstable-clock" in rules_of(check(tmp_path, files))


def test_a_name_passed_on_by_a_package_is_followed(tmp_path: Path) -> None:
    files = {
        "tools/__init__.py": "from .clock import now as current\n__all__ = ['current']\n",
        "tools/clock.py": CLOCK,
        "app.py": HANDLER.format(imports="import tools", call="tools.current()"),
    }
    assert "unstable-clock" in rules_of(check(tmp_path, files))


def test_modules_that_import_each_other_are_followed(tmp_path: Path) -> None:
    files = {
        "a.py": "import b\nimport time\ndef now():\n    return time.time()\ndef use():\n    return b.use()\n",
        "b.py": "import a\ndef use():\n    return a.now()\n",
        "app.py": HANDLER.format(imports="from a import use", call="use()"),
    }
    assert "unstable-clock" in rules_of(check(tmp_path, files))


def test_handlers_of_one_service_in_several_files(tmp_path: Path) -> None:
    files = {
        "core.py": "import restate\nobj = restate.VirtualObject('O')\n",
        "a.py": """
            import restate
            from core import obj
            @obj.handler(kind="shared")
            async def read(ctx: restate.ObjectSharedContext) -> None:
                ctx.set("x", 1)
            """,
        "b.py": """
            import restate
            from core import obj as o
            from a import read
            @o.handler("clean")
            async def reset(ctx: restate.ObjectContext) -> None:
                await ctx.object_call(reset, ctx.key(), None)
                ctx.clear_all()
            """,
    }
    errors = [f.rule for f in check(tmp_path, files) if f.severity is Severity.ERROR]
    assert errors == ["write-in-shared-handler", "self-deadlock"]


def test_a_service_type_of_unchecked_files_is_understood(tmp_path: Path) -> None:
    text = """
        import time
        from durable import VirtualObject
        from restate import ObjectSharedContext
        o = VirtualObject("O")
        @o.handler(kind="shared")
        async def h(ctx: ObjectSharedContext) -> None:
            ctx.set("x", time.time())
        """
    found = check(tmp_path, {"objects/o.py": text})
    assert {f.rule for f in found} >= {"unstable-clock", "write-in-shared-handler"}


def test_the_chain_leads_from_the_handler_to_the_line(tmp_path: Path) -> None:
    files = {
        "clock.py": CLOCK,
        "middle.py": "from clock import now\ndef between():\n    return now()\n",
        "app.py": HANDLER.format(imports="from middle import between", call="between()"),
    }
    (finding,) = [f for f in check(tmp_path, files) if f.severity is Severity.ERROR]
    assert (finding.path, finding.line) == ("clock.py", 3)
    assert finding.chain == ("app.py:7 h calls between", "middle.py:3 between calls now")


UNREADABLE = {
    "syntax": b"def broken(:\n",
    "not utf-8": "name = 'é'\n".encode("latin-1"),
    "null bytes": b"x = 1\x00\n",
    "unknown encoding": b"# -*- coding: klingon -*-\n",
    "huge": b"x = 1\n" * 400_000,
    "nested": b"x = " + b"(" * 5000 + b")" * 5000 + b"\n",
    "long sum": b"x = " + b"1 + " * 20_000 + b"1\n",
    "deep attribute": b"x = a" + b".b" * 3_000 + b"\n",
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_read_is_named_and_the_rest_is_checked(name: str, tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_bytes(UNREADABLE[name])
    found = check(tmp_path, {"app.py": HANDLER.format(imports="import time", call="time.time()")})
    assert {(f.path, f.rule) for f in found} >= {("bad.py", "unreadable-file"), ("app.py", "unstable-clock")}


def test_a_latin_1_file_that_says_so_is_read(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_bytes("# -*- coding: latin-1 -*-\nname = 'é'\n".encode("latin-1"))
    assert check(tmp_path, {}) == []


def test_a_file_that_vanished_is_named(tmp_path: Path) -> None:
    found = lint.run(lint.load(tmp_path, [tmp_path / "gone.py"]))
    assert rules_of(found) == ["unreadable-file"]


def test_endless_structures_end(tmp_path: Path) -> None:
    text = """
        import restate
        svc = restate.Service("S")
        def wrap(f):
            return wrap(lambda *a: f(*a))
        class Node:
            def __init__(self, child): self.child = child
        def grow(n): return grow(Node(lambda: n))
        @svc.handler()
        async def h(ctx: restate.Context) -> None:
            x = ()
            while ctx.key:
                x = (x, (x,))
            f = lambda: f
            for _ in range(9):
                f = f()
            wrap(f)(1)
            grow(None)
        """
    assert [f for f in check(tmp_path, {"app.py": text}) if f.severity is Severity.ERROR] == []


def test_the_configuration_knows_better(tmp_path: Path) -> None:
    files = {"app.py": HANDLER.format(imports="import time, ids", call="time.time() + ids.fresh()")}
    assert rules_of(check(tmp_path, files)) == ["unstable-clock"]
    settings = lint.Settings(frozenset({"time.time"}), frozenset({"ids"}))
    assert rules_of(check(tmp_path, files, settings)) == ["nondeterministic-call"]


def test_functions_of_the_project_can_be_listed(tmp_path: Path) -> None:
    files = {
        "clock.py": "def now():\n    return 1\n",
        "app.py": HANDLER.format(imports="import clock", call="clock.now()"),
    }
    found = check(tmp_path, files, lint.Settings(nondeterministic=frozenset({"clock.now"})))
    assert [(f.path, f.rule) for f in found] == [("app.py", "nondeterministic-call")]


def apply(text: str, edits: list[Edit]) -> str:
    lines = [line.encode() for line in text.splitlines(keepends=True)]
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end), reverse=True):
        first, last = edit.start[0] - 1, edit.end[0] - 1
        joined = lines[first][: edit.start[1]] + edit.text.encode() + lines[last][edit.end[1] :]
        lines[first : last + 1] = [joined]
    return b"".join(lines).decode()


FIXABLE = """
import asyncio, random, time, uuid
from datetime import timedelta
from uuid import uuid4
import restate
svc = restate.Service("S")

def effect(x: str) -> None: ...

@svc.handler()
async def h(ctx: restate.Context, xs: list[str]) -> str:
    größe = str(uuid.uuid4()) + uuid4().hex; started = time.time()
    await asyncio.sleep(2 * len(xs))
    for x in set(xs):
        await ctx.run_typed(x, effect, x=x)
    for x in {"a", "b"}:
        await ctx.run_typed(x, effect, x=x)
    return f"{größe}{random.randint(1, 6)}{int(time.time() - started)}"
"""


def test_edits_mend_and_a_second_round_changes_nothing(tmp_path: Path) -> None:
    found = check(tmp_path, {"app.py": FIXABLE})
    mended = apply(FIXABLE, [edit for finding in found for edit in finding.edits])
    ast.parse(mended)
    assert "größe = str(ctx.uuid()) + ctx.uuid().hex; started = await ctx.time()" in mended
    assert "await ctx.sleep(timedelta(seconds=2 * len(xs)))" in mended
    assert "for x in sorted(set(xs)):" in mended
    assert 'for x in sorted({"a", "b"}):' in mended
    again = check(tmp_path, {"app.py": mended})
    assert [f for f in again if f.edits or f.severity is Severity.ERROR] == []


NOT_FIXABLE = {
    "no timedelta": "import asyncio\nasync def f(ctx):\n    await asyncio.sleep(1)\n",
    "not async": "import time\ndef f(ctx):\n    return time.time()\n",
    "no context": "import uuid\ndef f(c=None):\n    return g()\ndef g():\n    return uuid.uuid4()\n",
    "in a generator": "import time\nasync def f(ctx):\n    return list(time.time() for _ in [1])\n",
}


@pytest.mark.parametrize("name", NOT_FIXABLE)
def test_what_no_machine_can_mend_has_no_edit(name: str, tmp_path: Path) -> None:
    call = "await other.f(ctx)" if "async" in NOT_FIXABLE[name] else "other.f(ctx)"
    files = {"other.py": NOT_FIXABLE[name], "app.py": HANDLER.format(imports="import other", call=call)}
    found = [f for f in check(tmp_path, files) if f.severity is Severity.ERROR]
    assert found
    assert [f.edits for f in found] == [()]
