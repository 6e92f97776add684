"""Input that makes no sense gets one line that says what to do, exit code 2, and leaves the server as it is."""

import subprocess
import sys

import pytest

from dev.ports import free_port
from dev.project import ROOT
from tests.deploy.staging import TOKEN, Fleet, Staging

ARN = "arn:aws:lambda:eu-central-1:123456789012:function:orders"

ASKS_THE_SERVER = {
    "check": ("check", "http://orders:9080"),
    "register": ("register", "http://orders:9080"),
    "status": ("status",),
    "metrics": ("metrics",),
    "drain": ("drain", "dp_1", "--wait"),
    "retire": ("retire", "dp_1"),
    "rollback": ("rollback", "dp_1"),
    "resume": ("resume", "inv_1", "--on", "dp_1"),
    "preflight upgrade": ("preflight", "upgrade", "9.9.9"),
    "preflight rollback": ("preflight", "rollback", "1.0.0"),
}

TAKES_A_DEPLOYMENT = {
    "drain": ("drain", "{}"),
    "retire": ("retire", "{}"),
    "rollback": ("rollback", "{}"),
    "resume": ("resume", "--from", "{}", "--on", "{}"),
    "resume on": ("resume", "inv_1", "--on", "{}"),
}


def test_no_admin_api(staging: Staging) -> None:
    for command, arguments in ASKS_THE_SERVER.items():
        outcome = staging.deploy(*arguments, admin=f"http://127.0.0.1:{free_port()}")
        assert outcome.code == 2, command
        assert "RESTATE_ADMIN_URL" in outcome.line


def test_the_ingress_is_no_admin_api(staging: Staging) -> None:
    for command, arguments in ASKS_THE_SERVER.items():
        outcome = staging.deploy(*arguments, admin=staging.server.ingress_url)
        assert outcome.code == 2, command
        assert "it is no admin API" in outcome.line


@pytest.mark.parametrize("token", ["", "wrong"])
def test_the_wrong_token(staging: Staging, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    staging.register("first")
    monkeypatch.setenv("RESTATE_AUTH_TOKEN", token)
    with staging.unchanged():
        for command, arguments in ASKS_THE_SERVER.items():
            outcome = staging.deploy(*arguments, admin=f"{staging.fleet.local_url}/guarded")
            assert outcome.code == 2, command
            assert "RESTATE_AUTH_TOKEN" in outcome.line


def test_the_right_token_is_taken_and_not_shown(staging: Staging, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESTATE_AUTH_TOKEN", TOKEN)
    guarded = f"{staging.fleet.local_url}/guarded"
    registered = staging.deploy("register", staging.url("first"), admin=guarded)
    shown = staging.deploy("status", admin=guarded)
    assert (registered.code, shown.code) == (0, 0)
    assert staging.call("which") == "first"
    assert TOKEN not in "".join((registered.out, registered.err, shown.out, shown.err))


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("{admin}", "no Restate service answers at"),
        ("{fleet}/nothing/here", "no Restate service answers at"),
        ("orders:9080", "give a URL such as"),
        ("ftp://orders:9080", "give a URL such as"),
        ("", "give a URL such as"),
        (ARN, "names no version"),
        (f"{ARN}:$LATEST", "whatever was uploaded last"),
        (f"{ARN}:live", "is an alias"),
        ("arn:aws:s3:::orders", "is no ARN of a function"),
    ],
)
def test_an_address_that_is_no_version_of_a_service(staging: Staging, address: str, says: str) -> None:
    staging.register("first")
    address = address.format(admin=staging.server.admin_url, fleet=staging.fleet.url)
    with staging.unchanged():
        outcomes = [staging.deploy(command, address) for command in ("check", "register")]
    for outcome in outcomes:
        assert outcome.code == 2
        assert says in outcome.line


def test_an_address_where_nothing_listens(staging: Staging) -> None:
    staging.register("first")
    with staging.unchanged():
        outcome = staging.deploy("register", f"http://127.0.0.1:{free_port()}")
    assert outcome.code == 2
    assert "start it where the server can reach it" in outcome.line


@pytest.mark.parametrize("command", ["check", "register"])
def test_a_service_without_http_2_must_be_meant(staging: Staging, old_fleet: Fleet, command: str) -> None:
    address = f"{old_fleet.url}/{staging.prefix}/first"
    with staging.unchanged():
        outcome = staging.deploy(command, address)
    assert outcome.code == 2
    assert "--use-http-1.1" in outcome.line
    assert staging.deploy(command, address, "--use-http-1.1").code == 0


def test_a_rollback_to_a_service_without_http_2(staging: Staging, old_fleet: Fleet) -> None:
    address = f"{old_fleet.url}/{staging.prefix}/first"
    assert staging.deploy("register", address, "--use-http-1.1").code == 0
    staging.register("fixed")
    assert staging.deploy("rollback", address).code == 0
    assert staging.call("which") == "first"


@pytest.mark.parametrize("name", ["dp_nothing", "dp_15nhVKfj5lPuuhqMZpmgreP", "http://nowhere:9080", "' or 1=1 --"])
def test_a_deployment_that_does_not_exist(staging: Staging, name: str) -> None:
    staging.register("first")
    with staging.unchanged():
        for command, arguments in TAKES_A_DEPLOYMENT.items():
            outcome = staging.deploy(*(each.format(name) for each in arguments))
            assert outcome.code == 2, command
            assert f"there is no deployment '{name}'" in outcome.line


def test_an_invocation_that_does_not_exist(staging: Staging) -> None:
    first = staging.register("first")
    with staging.unchanged():
        outcome = staging.deploy("resume", "inv_nothing", "--on", first)
    assert outcome.code == 2
    assert "there is no invocation 'inv_nothing'" in outcome.line


@pytest.mark.parametrize(
    "arguments",
    [("resume", "--on", "dp_1"), ("resume", "inv_1"), ("resume", "inv_1", "--from", "dp_1", "--on", "dp_2")],
)
def test_resume_must_be_told_what_and_where(staging: Staging, arguments: tuple[str, ...]) -> None:
    first = staging.register("first")
    outcome = staging.deploy(*(first if each == "dp_1" else each for each in arguments))
    assert outcome.code == 2
    assert "--" in outcome.line


@pytest.mark.parametrize(
    "arguments", [("chek",), ("check",), ("status", "--verbose"), ("drain", "x", "--timeout", "soon")]
)
def test_a_command_line_that_is_none(staging: Staging, arguments: tuple[str, ...]) -> None:
    outcome = staging.deploy(*arguments)
    assert outcome.code == 2
    assert outcome.line.startswith("deploy: ")


def test_an_admin_url_that_is_none(staging: Staging) -> None:
    for url in ("9070", "nonsense://x", "http://[::1"):
        outcome = staging.deploy("status", admin=url)
        assert outcome.code == 2, url
        assert "--admin" in outcome.line


@pytest.mark.parametrize("address", ["9464", "127.0.0.1:soon", ":9464", "127.0.0.1:99999"])
def test_an_address_that_nothing_can_listen_on(staging: Staging, address: str) -> None:
    outcome = staging.deploy("metrics", "--listen", address)
    assert outcome.code == 2
    assert address in outcome.line


def test_an_address_that_somebody_else_listens_on(staging: Staging) -> None:
    outcome = staging.deploy("metrics", "--listen", staging.server.admin_url.removeprefix("http://"))
    assert outcome.code == 2
    assert "cannot listen on" in outcome.line


def test_an_error_is_a_document_too(staging: Staging) -> None:
    outcome = staging.deploy("retire", "dp_nothing", "--json")
    assert outcome.code == 2
    assert "there is no deployment" in outcome.json["error"]


def test_it_runs_as_a_module(staging: Staging) -> None:
    command = [sys.executable, "-m", "deploy", "status", "--admin", staging.server.admin_url]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
