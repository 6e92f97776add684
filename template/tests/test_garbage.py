"""Every handler that is open to the world gets garbage, found through the server and not listed here."""

from typing import Any

import pytest

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


@pytest.mark.parametrize("kind", GARBAGE)
async def test_garbage_is_answered_with_400_and_left_alone(system: System, kind: str) -> None:
    for path, handler in await public_handlers(system):
        answer = await system.http.post(
            f"{system.ingress_url}/{path}", content=GARBAGE[kind], headers={"content-type": "application/json"}
        )
        assert answer.status_code == 400, f"{path}: {answer.text}"
        assert answer.json()["message"].startswith(("invalid request: ", "input validation error: ")), path
        if handler["input_json_schema"] and GARBAGE[kind]:
            assert answer.json()["message"].startswith("invalid request: "), path

    async def nothing_left() -> bool:
        return await system.unfinished() == []

    await eventually(nothing_left, "no invocation is left unfinished")


async def public_handlers(system: System) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for service in (await system.http.get(f"{system.admin_url}/services")).json()["services"]:
        if service["name"] in ("Probe", "Vault", "Courier") or not service["public"]:
            continue
        key = "" if service["ty"] == "Service" else "/garbage"
        for handler in service["handlers"]:
            if handler["public"]:
                found.append((f"{service['name']}{key}/{handler['name']}", handler))
    return found
