"""The command, run as a user runs it: exit codes, formats, and what it says when it is asked nonsense."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from guidelines.registry import REGISTRY
from tests.guidelines.conftest import Build

TEMPLATE = Path(__file__).parents[2] / "template"

APP = """\
import restate
from restate import Context, InvocationRetryPolicy, Service

greeter = Service("Greeter", invocation_retry_policy=InvocationRetryPolicy(max_attempts=9, on_max_attempts="pause"))


@greeter.handler()
async def greet(ctx: Context, name: bytes) -> None:
    await ctx.run_typed("greet", print, text=name)


app = restate.app([greeter])
"""

KILLS = APP.replace('"pause"', '"kill"')

SETTINGS = "[tool.guidelines]\n"


def guidelines(*arguments: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(TEMPLATE)} | variables
    command = [sys.executable, "-m", "guidelines", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=60)


def found(*arguments: str | Path, cwd: Path) -> list[dict[str, Any]]:
    done = guidelines("check", "--format", "json", *arguments, cwd=cwd)
    assert done.stderr == ""
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    assert done.returncode == int(any(row["severity"] != "advice" for row in rows))
    return rows


def rules(*arguments: str | Path, cwd: Path) -> set[str]:
    return {row["rule"] for row in found(*arguments, cwd=cwd)}


def test_errors_end_with_one(build: Build) -> None:
    done = guidelines("check", cwd=build({"app.py": KILLS}))
    assert done.returncode == 1
    assert (
        "error retries-end-in-kill (dont-IV-2)\n  app.py:8:1 Greeter/greet is killed after 9 attempts\n" in done.stdout
    )


def test_advice_ends_with_zero(build: Build) -> None:
    settings = SETTINGS + "severity = { retries-end-in-kill = 'advice', no-timeout = 'advice' }\n"
    done = guidelines("check", cwd=build({"app.py": KILLS, "pyproject.toml": settings}))
    assert "advice retries-end-in-kill" in done.stdout
    assert done.returncode == 0


def test_a_rule_can_be_switched_off(build: Build) -> None:
    settings = SETTINGS + "severity = { retries-end-in-kill = 'off' }\n"
    root = build({"app.py": KILLS, "pyproject.toml": settings})
    assert "retries-end-in-kill" not in rules(cwd=root)


def test_nothing_found_is_an_empty_list(build: Build) -> None:
    assert found(cwd=build({"a.py": "x = 1\n"})) == []


def test_any_other_folder_can_be_checked(build: Build, tmp_path: Path) -> None:
    root = build({"app.py": KILLS})
    [row] = [row for row in found(root, cwd=tmp_path) if row["rule"] == "retries-end-in-kill"]
    assert row == {
        "path": "app.py",
        "line": 8,
        "rule": "retries-end-in-kill",
        "guideline": "dont-IV-2",
        "severity": "error",
        "message": "Greeter/greet is killed after 9 attempts",
    }


def test_only_what_was_asked_for_is_reported(build: Build) -> None:
    broken = "def oops(:\n"
    root = build({"pyproject.toml": SETTINGS, "a/one.py": broken, "b/two.py": broken})
    assert [row["path"] for row in found("a", cwd=root)] == ["a/one.py"]
    assert [row["path"] for row in found("b/two.py", cwd=root)] == ["b/two.py"]


def test_a_finding_can_be_accepted_with_a_reason(build: Build) -> None:
    accepted = KILLS.replace(
        "async def greet(ctx: Context, name: bytes) -> None:",
        "async def greet(ctx: Context, name: bytes) -> None:"
        "  # guidelines: ignore[retries-end-in-kill, no-timeout] greetings are not important",
    )
    assert rules(cwd=build({"app.py": accepted})) == set()


def test_an_app_that_does_not_import_is_one_error_and_the_rest_is_checked(build: Build) -> None:
    root = build({"app.py": "import no_such_module\n" + KILLS, "b.py": "x = (\n"})
    assert [(row["path"], row["line"], row["rule"]) for row in found(cwd=root)] == [
        ("app.py", 1, "app-does-not-import"),
        ("b.py", 1, "unreadable-file"),
    ]


def test_suppressions_of_manifest_rules_are_not_unused_when_the_app_does_not_import(build: Build) -> None:
    source = "import no_such_module, restate\nx = 1  # guidelines: ignore[no-timeout] because\napp = restate.app([])\n"
    assert rules(cwd=build({"app.py": source})) == {"app-does-not-import"}


UNSTABLE = """\
import uuid

from restate import Context, Service

shop = Service("Shop")


@shop.handler()
async def order(ctx: Context, item: str) -> str:
    return f"{item} {uuid.uuid4()}"
"""


def test_fix_mends_what_is_safe_and_says_how_much(build: Build) -> None:
    root = build({"shop.py": UNSTABLE})
    assert rules(cwd=root) == {"unstable-id"}
    done = guidelines("check", "--fix", cwd=root)
    assert (done.returncode, done.stderr) == (0, "guidelines: 1 mended\n")
    assert "{item} {ctx.uuid()}" in (root / "shop.py").read_text()
    assert guidelines("check", "--fix", cwd=root).stderr == "guidelines: 0 mended\n"


def test_fix_leaves_alone_what_was_accepted(build: Build) -> None:
    source = UNSTABLE.replace(
        "    return", "    # guidelines: ignore[unstable-id] shown once, then forgotten\n    return"
    )
    root = build({"shop.py": source})
    assert guidelines("check", "--fix", cwd=root).returncode == 0
    assert (root / "shop.py").read_text() == source


def test_a_handler_that_is_excluded_but_served_is_not_passed_over(build: Build) -> None:
    settings = SETTINGS + "exclude = ['legacy']\nseverity = { no-timeout = 'off', unbounded-retries = 'off' }\n"
    app = "import restate\nfrom legacy.shop import shop\n\napp = restate.app([shop])\n"
    root = build({"pyproject.toml": settings, "app.py": app, "legacy/shop.py": UNSTABLE})
    assert [(row["path"], row["line"], row["rule"]) for row in found(cwd=root)] == [
        ("legacy/shop.py", 9, "served-unseen")
    ]


def test_names_can_be_declared_deterministic_or_not(build: Build) -> None:
    source = UNSTABLE.replace("import uuid", "import ours").replace("uuid.uuid4()", "ours.flag(item)")
    settings = "nondeterministic = ['ours.flag']\n"
    assert rules(cwd=build({"shop.py": source})) == set()
    assert rules(cwd=build({"shop.py": source, "pyproject.toml": SETTINGS + settings})) == {"nondeterministic-call"}
    settings = "deterministic = ['uuid.uuid4']\n"
    assert rules(cwd=build({"shop.py": UNSTABLE, "pyproject.toml": SETTINGS + settings})) == set()


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_every_format_tells_of_it_and_ends_the_same(build: Build, form: str) -> None:
    done = guidelines("check", "--format", form, cwd=build({"shop.py": UNSTABLE}))
    assert (done.returncode, done.stderr) == (1, "")
    assert "unstable-id" in done.stdout
    assert "shop.py" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "nowhere"], "there is no nowhere"),
        (["check", "a.txt"], "a.txt is no Python file"),
        (["check", "--format", "xml"], "invalid choice: 'xml'"),
        (["explain", "no-timout"], "there is no rule or guideline 'no-timout'; the nearest is 'no-timeout'"),
        (["explain", "do-IX-1"], "there is no rule or guideline 'do-IX-1'; the nearest is 'do-I"),
        (["chekc"], "invalid choice: 'chekc'"),
        ([], "required: COMMAND"),
    ],
)
def test_misuse_ends_with_two(build: Build, arguments: list[str], message: str) -> None:
    done = guidelines(*arguments, cwd=build({"a.txt": ""}))
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_settings_that_make_no_sense_end_with_two(build: Build) -> None:
    done = guidelines("check", cwd=build({"pyproject.toml": SETTINGS + "exlude = []\n"}))
    assert (done.returncode, done.stdout) == (2, "")
    assert "unknown key 'exlude'; the nearest is 'exclude'" in done.stderr


def test_list_has_all_guidelines_with_a_check_or_a_reason(tmp_path: Path) -> None:
    done = guidelines("list", cwd=tmp_path)
    assert done.returncode == 0
    rows = [line.split(" ")[0] for line in done.stdout.splitlines() if line[0] == "d"]
    assert rows == list(REGISTRY)
    assert "\n75 guidelines: " in done.stdout


@pytest.mark.parametrize("name", ["retries-end-in-kill", "unused-suppression", "do-I-3", "dont-V-1"])
def test_explain_prints_a_page(tmp_path: Path, name: str) -> None:
    done = guidelines("explain", name, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith(f"# {name}\n")


def test_a_reader_that_leaves_early_breaks_nothing(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(TEMPLATE)}
    command = f"{sys.executable} -m guidelines list | true"
    done = subprocess.run(command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.stderr, done.returncode) == ("", 0)


def test_a_link_to_itself_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "a.py").symlink_to(tmp_path / "a.py")
    done = guidelines("check", "a.py", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "guidelines: there is no a.py\n")


def test_the_order_of_sets_changes_nothing(tmp_path: Path) -> None:
    """What may be one of two things at once: a handler of two services, a call of one of two functions."""
    corpus = Path(__file__).parent / "corpus" / "calls"
    said = {guidelines("check", corpus, cwd=tmp_path, PYTHONHASHSEED=str(seed)).stdout for seed in range(6)}
    (words,) = said
    assert "is a handler of" in words
