"""One trace leads from the caller through Restate to a step, and to what the step calls."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from dev import restate_server
from dev.ports import free_port
from dev.process import Process, wait_until
from dev.restate_server import Server
from tests.drills.collector import Collector, Span, collector

TOKEN = "authorization=Bearer%20t0ken"


@pytest.fixture
def collected() -> Iterator[Collector]:
    with collector() as collected:
        yield collected


@pytest.fixture
def server(collected: Collector) -> Iterator[Server]:
    """Reports its own spans, too."""
    endpoint = f"otlp+{collected.endpoint}/v1/traces"
    with restate_server.start("native", environment={"RESTATE_TRACING_ENDPOINT": endpoint}) as server:
        yield server


@contextmanager
def service(server: Server, endpoint: str, directory: Path) -> Iterator[Process]:
    """Registered."""
    port = free_port()
    environment = {
        "ENV_FILE": os.devnull,
        "ENVIRONMENT": "development",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
        "OTEL_EXPORTER_OTLP_HEADERS": TOKEN,
        "OTEL_SERVICE_NAME": "traced",
    }
    command = [sys.executable, "-m", "tests.drills.traced"]
    with Process("traced", command, log=directory / "traced.log", environment=environment) as process:
        process.wait_until_healthy(f"http://127.0.0.1:{port}/health")
        server.register(server.app_url(port))
        yield process


def call(server: Server, handler: str, argument: object = None) -> tuple[httpx.Response, str, str]:
    """Calls with a trace that begins here; returns the answer, and the ids of trace and caller."""
    trace, caller = secrets.token_hex(16), secrets.token_hex(8)
    headers = {"traceparent": f"00-{trace}-{caller}-01"}
    url = f"{server.ingress_url}/Traced/{handler}"
    answer = httpx.post(url, json=argument, headers=headers, timeout=20.0, trust_env=False)
    return answer, trace, caller


def path_to(span: Span, spans: list[Span]) -> list[Span]:
    """From the first span that is known down to this one."""
    above = [each for each in spans if each.id == span.parent]
    return [*path_to(above[0], spans), span] if above else [span]


def test_a_trace_leads_from_the_caller_to_a_step_and_beyond(
    server: Server, collected: Collector, tmp_path: Path
) -> None:
    with service(server, collected.endpoint, tmp_path) as process:
        answer, trace, caller = call(server, "relay", f"{server.admin_url}/health")
        assert answer.json() == 201
        # what has not been sent yet must be sent before the process ends
        assert process.terminate().returncode == 0
    (fetched,) = [span for span in collected.trace(trace) if span.name == "GET"]

    def whole() -> bool:
        return path_to(fetched, collected.trace(trace))[0].parent == caller

    wait_until(whole, "the server has reported its spans", timeout=30.0)
    path = path_to(fetched, collected.trace(trace))
    ours = [span.name for span in path if span.service == "traced"]
    assert ours == ["Traced/work", "fetch", "GET"]
    assert [span.service for span in path[-3:]] == ["traced"] * 3
    targets = [span.attributes.get("restate.invocation.target") for span in path]
    assert targets.index("Traced/relay") < targets.index("Traced/work")
    assert all(
        headers["authorization"] == "Bearer t0ken" for headers in collected.headers if "authorization" in headers
    )


def test_a_step_has_one_span_however_often_it_is_replayed(server: Server, collected: Collector, tmp_path: Path) -> None:
    with service(server, collected.endpoint, tmp_path) as process:
        _, trace, _ = call(server, "work", f"{server.admin_url}/health")
        process.terminate()
    names = [span.name for span in collected.trace(trace) if span.service == "traced"]
    assert (names.count("fetch"), names.count("count")) == (1, 1)
    assert names.count("Traced/work") >= 2
    assert all(span.failed is None for span in collected.trace(trace)), "an attempt that is suspended has not failed"


def test_a_terminal_error_is_the_status_of_its_spans(server: Server, collected: Collector, tmp_path: Path) -> None:
    with service(server, collected.endpoint, tmp_path) as process:
        answer, trace, _ = call(server, "fails")
        assert answer.status_code == 409
        process.terminate()
    failed = {span.name: span.failed for span in collected.trace(trace) if span.service == "traced"}
    assert failed == {"refuse": "409 not this one", "Traced/fails": "409 not this one"}


def test_a_collector_that_is_gone_holds_nothing_up(server: Server, tmp_path: Path) -> None:
    with service(server, f"http://127.0.0.1:{free_port()}", tmp_path) as process:
        answer, _, _ = call(server, "work", f"{server.admin_url}/health")
        assert answer.json() == 201
        assert process.terminate().returncode == 0
