"""Schemathesis against the OpenAPI documents that the server publishes: every public handler, and its variants.

Each is called, sent one-way, and asked for its output, with input that fits its schema and with input that does not.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis.openapi
from hypothesis import given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import response_schema_conformance

from tests import probe
from tests.hostile.aftermath import marked
from tests.system import PATIENCE, System

Operation = APIOperation[Any, Any, Any, Any]

pytestmark = pytest.mark.lanes("normal")


def test_every_public_handler_answers_2xx_or_4xx(target: System, cases: int) -> None:
    operations = list(published(target))
    if not operations:
        pytest.skip("no handler is open to the world yet")
    sent = 0
    attacks = [(operation, mode) for operation in operations for mode in modes(operation)]
    each = -(-cases // len(attacks))
    with requests.Session() as session:
        session.trust_env = False
        while sent < cases:  # an operation without input has but few
            for operation, mode in attacks:
                sent += attack(operation, mode, each, session, target.ingress_url)
    print(f"{sent} cases for {len(operations)} operations")


def published(system: System) -> Iterator[Operation]:
    """What the admin API publishes of each service that is the project's own; private handlers are not in it."""
    admin = system.server.admin
    for service in admin.request("GET", "/services")["services"]:
        if service["public"] and service["name"] not in probe.NAMES:
            document = admin.request("GET", f"/services/{service['name']}/openapi")
            for result in schemathesis.openapi.from_dict(document).get_all_operations():
                assert isinstance(result, Ok), result
                yield result.ok()


def modes(operation: Operation) -> list[GenerationMode]:
    """Where all that is asked for is a key in the path, every string is good input."""
    return [GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if operation.body else [])]


def attack(operation: Operation, mode: GenerationMode, count: int, session: requests.Session, url: str) -> int:
    """Sends up to `count` requests; returns how many it were. An operation without bad input has none."""
    sent = 0

    @settings(settings.get_profile("hostile"), max_examples=count)
    @given(case=operation.as_strategy(generation_mode=mode))
    def each(case: Case[Any]) -> None:
        nonlocal sent
        case.body = marked(case.body)
        answer = case.call(base_url=url, session=session, timeout=PATIENCE)
        sent += 1
        assert answer.status_code // 100 in (2, 4), f"{case.as_curl_command()}\n{answer.status_code} {answer.text}"
        case.validate_response(answer, checks=[not_a_server_error, response_schema_conformance])

    try:
        each()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, operation.label
    return sent
