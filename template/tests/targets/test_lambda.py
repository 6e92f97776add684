"""The handler serves a real Restate server as it would on AWS, whose Invoke API is played on this machine."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from dev import restate_server
from dev.ports import free_port
from dev.process import Process
from dev.project import ROOT

PACKAGE = ROOT / "deploy" / "lambda" / "package"
ARN = "arn:aws:lambda:us-east-1:123456789012:function:service:1"

GREETER = """\
from collections.abc import AsyncIterator
from datetime import timedelta

from restate import Context

from durable import Service
from resources import resource

greeter = Service("LambdaGreeter")


@resource
async def greeting() -> AsyncIterator[str]:
    yield "Hello"


@greeter.handler()
async def greet(ctx: Context, name: str) -> str:
    word = await ctx.run_typed("greeting", lambda: greeting.value)
    await ctx.sleep(timedelta(milliseconds=50))
    return f"{word}, {name}"
"""


def packed_modules() -> list[str]:
    found = re.search(r"MODULES=\((.*)\)", PACKAGE.read_text())
    assert found
    return found[1].split()


@pytest.fixture
def function(tmp_path: Path) -> Iterator[str]:
    """The URL of the Invoke API; what it runs is packed as `package` does, with one service more."""
    folder = tmp_path / "function"
    folder.mkdir()
    for name in packed_modules():
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    shutil.copy(ROOT / "deploy" / "lambda" / "handler.py", folder)
    (folder / "services" / "lambda_greeter.py").write_text(GREETER)
    port = free_port()
    command = [sys.executable, str(ROOT / "tests" / "targets" / "loopback.py"), str(folder), str(port)]
    environment = {
        "ENV_FILE": os.devnull,
        "ENVIRONMENT": "development",
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'lambda.db'}",
        "PYTHONPATH": None,
    }
    with Process("function", command, log=tmp_path / "log", environment=environment) as process:
        url = f"http://127.0.0.1:{port}"
        process.wait_until_healthy(url)
        yield url


def test_a_handler_suspends_and_goes_on_in_another_invocation(function: str) -> None:
    environment = {
        "AWS_ENDPOINT_URL_LAMBDA": function,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    try:
        server = restate_server.start("native", environment=environment)
    except restate_server.ServerUnavailable as error:
        pytest.skip(str(error))
    with server, httpx.Client(timeout=20, trust_env=False) as http:
        registered = http.post(f"{server.admin_url}/v3/deployments", json={"arn": ARN, "force": False})
        assert registered.status_code == 201, registered.text
        deployment = http.get(f"{server.admin_url}/v3/deployments/{registered.json()['id']}").json()
        assert deployment["compression"] == "Zstd"
        answer = http.post(f"{server.ingress_url}/LambdaGreeter/greet", json="Ada")
        assert (answer.status_code, answer.json()) == (200, "Hello, Ada")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "say where to"),
        (["build/lambda", "sparc"], "no 'sparc' on Lambda: aarch64 or x86_64"),
        (["."], "name another folder"),
        ([".."], "name another folder"),
    ],
)
def test_what_cannot_be_packed_is_refused_and_nothing_is_lost(arguments: list[str], message: str) -> None:
    done = subprocess.run([PACKAGE, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert message in done.stderr
    assert PACKAGE.is_file()
