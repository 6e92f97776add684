"""Every handler that is open to the world gets garbage, found through the server and not listed here."""

import json
from typing import Any, NamedTuple
from urllib.parse import quote
from uuid import uuid4

import pytest
from jsonschema import Draft202012Validator

from tests import probe
from tests.system import System, eventually

pytestmark = pytest.mark.anyio

GARBAGE = {
    "an empty object": b"{}",
    "a list": b"[]",
    "no JSON": b"not json",
    "nothing": b"",
    "a wrong type": b'"a string"',
    "a number": b"42",
    "half a document": b'{"a": [1, 2',
    "bytes": b"\xff\xfe\x00",
}


class PublicHandler(NamedTuple):
    """`schema` of its input; None if it takes none."""

    path: str
    schema: dict[str, Any] | None


class PrivateHandler(NamedTuple):
    service: str
    handler: str
    key: str | None
    schema: dict[str, Any]


@pytest.mark.parametrize("kind", GARBAGE)
async def test_garbage_is_answered_with_400_and_left_alone(
    system: System, handlers: list[PublicHandler], kind: str
) -> None:
    for path, schema in handlers:
        if schema and fits(GARBAGE[kind], schema):
            continue  # not garbage to this one
        answer = await system.http.post(
            f"{system.ingress_url}/{path}", content=GARBAGE[kind], headers={"content-type": "application/json"}
        )
        assert answer.status_code == 400, f"{path}: {answer.text}"
        # what no handler can be called with, such as an empty body that claims to be JSON, the ingress refuses itself
        by = "invalid request: " if schema and GARBAGE[kind] else "input validation error: "
        assert answer.json()["message"].startswith(by), f"{path}: {answer.text}"

    async def nothing_left() -> bool:
        return await system.unfinished() == []

    await eventually(nothing_left, "no invocation is left unfinished")


@pytest.mark.parametrize("content_type", [None, "application/json", "text/plain"])
async def test_an_empty_body_is_answered_with_400(
    system: System, handlers: list[PublicHandler], content_type: str | None
) -> None:
    headers = {"content-type": content_type} if content_type else {}
    for path, schema in handlers:
        if schema:
            answer = await system.http.post(f"{system.ingress_url}/{path}", headers=headers)
            assert answer.status_code == 400, f"{path}: {answer.text}"


@pytest.mark.parametrize("kind", GARBAGE)
async def test_garbage_from_another_handler_is_refused_too(
    system: System, private_handlers: list[PrivateHandler], kind: str
) -> None:
    sent = {
        await system.send_private(service, handler, GARBAGE[kind], key=key): f"{service}/{handler}"
        for service, handler, key, schema in private_handlers
        if not fits(GARBAGE[kind], schema)
    }
    for invocation_id, target in sent.items():
        await system.completed(invocation_id)
        failure = (system.server.admin.invocation(invocation_id) or {}).get("completion_failure")
        assert str(failure).startswith("[400] invalid request: "), f"{target}: {failure}"


@pytest.fixture
async def handlers(system: System) -> list[PublicHandler]:
    """Every handler that is open to the world, with a key nobody used; except for raw bytes, which may be anything."""
    found = []
    for service, key, handler in await served(system):
        schema = handler.get("input_json_schema")
        if handler["public"] and (schema or handler["input_description"] == "none"):
            path = "/".join(quote(part) for part in (service, key, handler["name"]) if part)
            found.append(PublicHandler(path, schema))
    if not found:
        pytest.skip("no handler is open to the world yet")
    return found


@pytest.fixture
async def private_handlers(system: System) -> list[PrivateHandler]:
    """Every handler that takes input from other handlers only."""
    found = [
        PrivateHandler(service, handler["name"], key, handler["input_json_schema"])
        for service, key, handler in await served(system)
        if not handler["public"] and "input_json_schema" in handler
    ]
    if not found:
        pytest.skip("no handler is private yet")
    return found


async def served(system: System) -> list[tuple[str, str | None, dict[str, Any]]]:
    """Service, a fresh key if it takes one, and handler, of all that is the project's own."""
    services = (await system.http.get(f"{system.admin_url}/services")).json()["services"]
    return [
        (service["name"], None if service["ty"] == "Service" else str(uuid4()), handler)
        for service in services
        for handler in service["handlers"]
        if service["name"] not in probe.NAMES
    ]


def fits(body: bytes, schema: dict[str, Any]) -> bool:
    try:
        value = json.loads(body)
    except ValueError:
        return False
    return Draft202012Validator(schema).is_valid(value)
