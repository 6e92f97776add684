import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

import app
from dev.ports import free_port
from dev.process import Process
from dev.project import ROOT
from settings import Section, sections

SERVE = [sys.executable, "-m", "serve"]

IDENTITY_KEY = "publickeyv1_w7YHemBctH5Ck2nQRQ47iBBqhNHy4FV7t2Usbye2A6f"
"""A public key, whose private key nobody has."""

LINE = re.compile(r"^#([A-Z_]+)=(.*)$", re.MULTILINE)


def documented() -> dict[str, str]:
    """In `.env.example`, and beside it for components that were added."""
    return {name: value for file in ROOT.glob(".env*example") for name, value in LINE.findall(file.read_text())}


def declared() -> dict[str, tuple[type[Section], str]]:
    assert app.app  # its import brings in every component, and with it every section
    return {section.variable(field): (section, field) for section in sections() for field in section.model_fields}


def test_env_example_lists_every_setting_and_nothing_else() -> None:
    assert documented().keys() == declared().keys()


@pytest.mark.parametrize("variable", sorted(documented()))
def test_env_example_has_the_defaults(variable: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    section, field = declared()[variable]
    monkeypatch.chdir(tmp_path)  # away from the .env of whoever runs this
    monkeypatch.delenv(variable, raising=False)
    default = getattr(section(), field)
    monkeypatch.setenv(variable, documented()[variable])
    assert getattr(section(), field) == default


def test_production_names_everything_that_is_missing() -> None:
    environment = {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "ENVIRONMENT": "production"}
    run = subprocess.run(SERVE, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30)
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    for variable in required():
        assert f"{variable}: must be set in production" in run.stderr


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "99999"),
        ("LOG_LEVEL", "LOUD"),
        ("DRAIN_SECONDS", "soon"),
        ("IDENTITY_KEYS", "secret"),
        ("ENVIRONMENT", "prod"),
    ],
)
def test_a_wrong_setting_is_named_without_its_value(variable: str, value: str) -> None:
    environment = {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, variable: value}
    run = subprocess.run(SERVE, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30)
    assert run.returncode == 2
    assert f"{variable}: " in run.stderr
    assert value not in run.stderr.replace("'production'", "")


@pytest.mark.anyio
async def test_production_answers_only_who_signs(tmp_path: Path) -> None:
    """do-VII-7; the health check stays open, for probes."""
    port = free_port()
    elsewhere = dict.fromkeys(required(), "https://elsewhere.example")
    environment = {
        **elsewhere,
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'production.db'}",
        "IDENTITY_KEYS": IDENTITY_KEY,
        "ENV_FILE": os.devnull,
        "ENVIRONMENT": "production",
        "PORT": str(port),
    }
    url = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        with Process("service", SERVE, log=tmp_path / "log", environment=environment) as service:
            service.wait_until_healthy(f"{url}/health")
            answers = [await http.get("/discover"), await http.post("/invoke/Any/thing", content=b"")]
    assert [answer.status_code for answer in answers] == [401, 401]


def required() -> list[str]:
    """What production must set."""
    return [variable for variable, (section, field) in declared().items() if field in section.required_in_production]
