"""The corpus for every handler of the project: the public ones by the ingress, the private ones from a handler.

`make test` sends a sample, `make fuzz` all of it.
"""

import random
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote
from uuid import uuid4

import anyio
import pytest

from tests import probe
from tests.hostile.corpus import BODIES, CANARY, MEGABYTE, documents
from tests.system import System

pytestmark = [pytest.mark.anyio, pytest.mark.lanes("normal")]

T = TypeVar("T")

CLIENTS = 8

SHORT_BODIES = [body for body in BODIES.values() if len(body) < MEGABYTE // 2]


class Handler(NamedTuple):
    """`schema` of its input; empty for raw bytes."""

    service: str
    keyed: bool
    name: str
    public: bool
    schema: Any

    def bodies(self) -> Iterator[tuple[str, bytes]]:
        yield from BODIES.items()
        yield from documents(self.schema)


async def test_nasty_bodies_are_answered_with_2xx_or_4xx(target: System, cases: int) -> None:
    handlers = [handler for handler in with_input(target) if handler.public]
    if not handlers:
        pytest.skip("no handler is open to the world yet")
    wrong = []

    async def post(handler: Handler, name: str, body: bytes) -> None:
        path = "/".join(quote(part) for part in (handler.service, key_for(handler), handler.name) if part)
        headers = {"content-type": "application/json"}
        answer = await target.http.post(f"{target.ingress_url}/{path}", content=body, headers=headers)
        if answer.status_code // 100 not in (2, 4):
            wrong.append(f"{path}, {name}: {answer.status_code} {answer.text[:300]}")
        elif CANARY in answer.text and answer.is_error:
            wrong.append(f"{path}, {name}: the answer repeats a secret: {answer.text[:300]}")

    async with target.connected():
        everything = [(post, handler, *body) for handler in handlers for body in handler.bodies()]
        await by_many_clients(sample(everything, cases))
    assert wrong == []


async def test_nasty_bodies_from_another_handler_come_to_an_end(target: System, cases: int) -> None:
    handlers = [handler for handler in with_input(target) if not handler.public]
    if not handlers:
        pytest.skip("no handler is private yet")

    async def send(handler: Handler, body: bytes) -> None:
        await target.send_private(handler.service, handler.name, body, key=key_for(handler))

    async with target.connected():
        everything = [(send, handler, body) for handler in handlers for body in SHORT_BODIES]
        await by_many_clients(sample(everything, cases))


def with_input(system: System) -> list[Handler]:
    services = system.server.admin.request("GET", "/services")["services"]
    return [
        Handler(
            service["name"],
            service["ty"] != "Service",
            handler["name"],
            handler["public"],
            handler.get("input_json_schema", {}),
        )
        for service in services
        for handler in service["handlers"]
        if service["name"] not in probe.NAMES and handler["input_description"] != "none"
    ]


def key_for(handler: Handler) -> str | None:
    return str(uuid4()) if handler.keyed else None


def sample(everything: Sequence[T], count: int) -> list[T]:
    """The same one each time."""
    return random.Random(0).sample(everything, min(count, len(everything)))


async def by_many_clients(calls: Sequence[tuple[Any, ...]]) -> None:
    """Makes the calls, `CLIENTS` at a time."""
    left = iter(calls)

    async def client() -> None:
        for function, *arguments in left:
            await function(*arguments)

    async with anyio.create_task_group() as group:
        for _ in range(CLIENTS):
            group.start_soon(client)
