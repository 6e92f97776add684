"""What an app serves is judged as it is served; an app that does not import is one finding."""

from pathlib import Path

import pytest

from guidelines.finding import Finding
from guidelines.manifest import app
from guidelines.manifest.rules import RULES
from guidelines.manifest.served import Component, Served
from guidelines.rule import Rule
from tests.guidelines.conftest import Build

ABOUT_SOURCE = ("served-unseen", "public-internal-handler")
"""Rules that ask the linter as well; test_pages.py has their examples."""


def imported(root: Path) -> tuple[tuple[Component, ...], list[Finding]]:
    importing = app.start(root)
    assert importing is not None
    return importing.result()


def as_app(source: str) -> str:
    """Looks like one, also where the import ends before there is one."""
    return source if app.is_app(source) else f"{source}\nimport restate\napp = restate.app([])\n"


def served(build: Build, source: str, **more: str) -> tuple[Component, ...]:
    components, failures = imported(
        build({"app.py": as_app(source)} | {f"{name}.py": text for name, text in more.items()})
    )
    assert failures == []
    return components


def failure(build: Build, source: str, **more: str) -> Finding:
    components, [found] = imported(
        build({"app.py": as_app(source)} | {f"{name}.py": text for name, text in more.items()})
    )
    assert components == ()
    assert found.rule == "app-does-not-import"
    return found


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.name not in ABOUT_SOURCE], ids=lambda rule: rule.name)
def test_a_rule_finds_its_bad_example_and_not_its_good_one(build: Build, rule: Rule) -> None:
    found = list(rule.check(Served(served(build, rule.bad))))
    assert {finding.rule for finding in found} == {rule.name}
    assert list(rule.check(Served(served(build, rule.good)))) == []


def test_every_name_that_is_served_is_found_where_it_was_written(build: Build) -> None:
    module = """\
from datetime import timedelta

import functools
import restate


def loud(function):
    @functools.wraps(function)
    async def wrapped(*arguments):
        return await function(*arguments)

    return wrapped


greeter = restate.Service("Greeter", inactivity_timeout=timedelta(minutes=1))


@greeter.handler(
    "hello",
    abort_timeout=timedelta(seconds=90),
)
@loud
async def greet(ctx: restate.Context, name: dict[str, int]) -> None: ...
"""
    [component] = served(build, "import restate\nimport one\n\napp = restate.app([one.greeter])\n", one=module)
    assert (component.name, component.kind, component.path, component.line) == ("Greeter", "service", "one.py", 15)
    [handler] = component.handlers
    assert (str(handler), handler.path, handler.line) == ("Greeter/hello", "one.py", 23)
    assert (handler.inactivity_timeout, handler.abort_timeout) == (60, 90)
    assert (handler.context, handler.is_async, handler.private) == ("Context", True, False)
    assert handler.input is not None
    assert (handler.input.type, handler.input.check) == ("dict[str, int]", "unchecked")


@pytest.mark.parametrize(
    ("annotation", "check"),
    [
        ("", "missing"),
        (": Any", "open"),
        (": dict", "open"),
        (": dict[str, Any]", "open"),
        (": list[Model]", "unchecked"),
        (": str", "plain"),
        (": Model | None", "checked"),
        (": Model", "checked"),
        (": bytes", "checked"),
    ],
)
def test_an_input_is_checked_or_not(build: Build, annotation: str, check: str) -> None:
    source = f"""\
from typing import Any

import restate
from pydantic import BaseModel

greeter = restate.Service("Greeter")


class Model(BaseModel):
    name: str


@greeter.handler()
async def greet(ctx: restate.Context, value{annotation}): ...


app = restate.app([greeter])
"""
    [component] = served(build, source)
    given = component.handlers[0].input
    assert given is not None
    assert (given.check, component.handlers[0].output.check) == (check, "missing")


def test_what_all_handlers_lack_is_said_once_of_their_component(build: Build) -> None:
    source = """\
from datetime import timedelta

import restate

MINUTE = timedelta(minutes=1)
one = restate.Service("One")
two = restate.Service("Two", abort_timeout=MINUTE)


@one.handler()
async def a(ctx: restate.Context) -> None: ...


@one.handler()
async def b(ctx: restate.Context) -> None: ...


@two.handler(inactivity_timeout=MINUTE)
async def c(ctx: restate.Context) -> None: ...


@two.handler()
async def d(ctx: restate.Context) -> None: ...


app = restate.app([one, two])
"""
    [rule] = [rule for rule in RULES if rule.name == "no-timeout"]
    assert [(f.line, f.message) for f in rule.check(Served(served(build, source)))] == [
        (6, "One states no inactivity_timeout and no abort_timeout"),
        (23, "Two/d states no inactivity_timeout"),
    ]


def test_handlers_need_not_be_plain_functions(build: Build) -> None:
    source = """\
import functools

import restate

odd = restate.VirtualObject("Odd")


class Cart:
    async def add(self, ctx: restate.ObjectContext, item: bytes) -> None: ...

    async def __call__(self, ctx: restate.ObjectContext) -> None: ...


async def scaled(factor: int, ctx: restate.ObjectContext, item: bytes) -> None: ...


odd.handler("add")(Cart().add)
odd.handler("call")(Cart())
odd.handler("scaled")(functools.partial(scaled, 3))
odd.handler("small")(lambda ctx: Cart().add(ctx, b""))
app = restate.app([odd])
"""
    [component] = served(build, source)
    assert [(h.name, h.line, h.context, h.is_async) for h in component.handlers] == [
        ("add", 9, "ObjectContext", True),
        ("call", 11, "ObjectContext", True),
        ("scaled", 14, "ObjectContext", True),
        ("small", 20, "", True),
    ]


def test_what_an_app_prints_is_nobodys_business(build: Build) -> None:
    assert served(build, "import os\nimport restate\nprint('[]')\nos.system('echo x')\napp = restate.app([])\n") == ()


def test_the_settings_of_a_developer_do_not_matter(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT", "production")
    assert served(build, "import os\nassert os.environ['ENVIRONMENT'] == 'development'\nimport restate\n") == ()


def test_an_import_error_is_found_where_it_happens(build: Build) -> None:
    found = failure(build, "import restate\nimport one\n", one="\nimport no_such_module\n")
    assert (found.path, found.line) == ("one.py", 2)
    assert "ModuleNotFoundError: No module named 'no_such_module'" in found.message


def test_a_syntax_error_is_found_where_it_is(build: Build) -> None:
    found = failure(build, "import one\n", one="\n\ndef oops(:\n")
    assert (found.path, found.line) == ("one.py", 3)


def test_the_cause_of_an_error_is_named(build: Build) -> None:
    source = "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise RuntimeError('outer') from error\n"
    assert failure(build, source).message == "the app does not import: ZeroDivisionError: division by zero"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("import os\nos._exit(3)", "its import ended with 3"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "its import ended with -9"),
    ],
)
def test_an_app_that_ends_the_process_is_one_finding(build: Build, source: str, message: str) -> None:
    assert message in failure(build, source).message


def test_an_app_that_hangs_is_one_finding(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "TIMEOUT_SECONDS", 1)
    assert "takes longer than 1 s" in failure(build, "import time\ntime.sleep(60)\n").message


def test_an_app_that_leaves_threads_behind_is_not_waited_for(build: Build) -> None:
    source = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\nimport restate\n"
    assert served(build, source) == ()


@pytest.mark.parametrize(
    ("source", "yes"),
    [
        ("import restate\napp = restate.app([])\n", True),
        ("import restate\napp: object = restate.app([])\n", True),
        ("from restate import Service\ndef components(): ...\n", True),
        ("from restate_app import app\n", True),
        ("app = Flask(__name__)\n", False),
        ("import restate\nserver = restate.app([])\n", False),
        ("", False),
    ],
)
def test_only_what_looks_like_an_app_is_imported(source: str, yes: bool) -> None:
    assert app.is_app(source) is yes
