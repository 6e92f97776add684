from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import httpx
import pytest

from durable import InvocationFailed
from tests import probe
from tests.probe import Everything, Square
from tests.system import System, eventually

pytestmark = pytest.mark.anyio

VALUE = {"theNumber": 1, "day": "2026-02-28", "price": "1.10", "id": str(uuid4())}


async def post(system: System, handler: str, body: bytes, content_type: str = "application/json") -> httpx.Response:
    headers = {"content-type": content_type} if content_type else {}
    return await system.http.post(f"{system.ingress_url}/Probe/{handler}", content=body, headers=headers)


async def test_any_type_comes_back_as_it_went(system: System) -> None:
    value = Everything(
        theNumber=1,
        day=date(2026, 2, 28),
        price=Decimal("1.10"),
        id=uuid4(),
        shapes=[Square(shape="square", side=Decimal(2))],
    )
    assert await system.client.call(probe.mirror, value) == value
    days = [date(2026, 1, 1), date(2026, 1, 3)]
    assert await system.client.call(probe.days, days) == {"2026-01-01": timedelta(0), "2026-01-03": timedelta(days=2)}
    assert await system.client.call(probe.maybe, None) is None


async def test_state_of_any_type_comes_back_as_it_went(system: System) -> None:
    value = Everything(theNumber=1, day=date(2026, 2, 28), price=Decimal("1.10"), id=uuid4())
    key = f"a/b {uuid4()}"
    await system.client.call(probe.put, [value], key=key)
    assert await system.client.call(probe.look, key=key) == [value]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{}", "theNumber: Field required"),
        (b"[]", "body: "),
        (b"null", "body: "),
        (b"not json", "body: Invalid JSON"),
        (b'"\\ud800"', "body: "),
        (b'{"theNumber": 0}', "theNumber: Input should be greater than 0"),
        (b'{"shapes": [{"shape": "hexagon-4111111111111111"}]}', "shapes.0: The tag names none"),
        (b'{"id": "4111111111111111"}', "id: Input should be a valid UUID"),
        (b"[" * 10_000, "body: "),
    ],
)
async def test_bad_input_is_a_400_that_names_the_field_and_not_the_value(
    system: System, body: bytes, field: str
) -> None:
    answer = await post(system, "mirror", body)
    assert answer.status_code == 400
    assert field in answer.json()["message"]
    assert "4111" not in answer.text


async def test_a_secret_in_bad_input_is_not_repeated(system: System) -> None:
    answer = await post(system, "mirror", b'{"secret": "hunter2"}')
    assert answer.status_code == 400
    assert "secret: String should have at least 8 characters" in answer.json()["message"]
    assert "hunter2" not in answer.text
    assert "hunter2" not in system.log()


@pytest.mark.parametrize("content_type", ["", "application/json"])
async def test_an_empty_body_is_a_400(system: System, content_type: str) -> None:
    assert (await post(system, "mirror", b"", content_type)).status_code == 400


async def test_bad_input_is_never_retried(system: System) -> None:
    for body in (b"{}", b"[]", b"not json", b""):
        await post(system, "mirror", body, "")
        await post(system, "mirror", body)
    left = "select id from sys_invocation where target_handler_name = 'mirror' and status <> 'completed'"
    assert await system.query(left) == []


async def test_a_step_result_that_does_not_fit_is_terminal_and_does_not_repeat_the_step(system: System) -> None:
    what = str(uuid4())
    with pytest.raises(InvocationFailed, match="datetime") as failed:
        await system.client.call(probe.step_that_does_not_fit, what)
    assert failed.value.status == 500
    assert system.effects().count(what) == 1


async def test_a_result_that_does_not_fit_is_terminal(system: System) -> None:
    before = system.effects().count("lie")
    with pytest.raises(InvocationFailed) as failed:
        await system.client.call(probe.lies_about_its_result)
    assert failed.value.status == 500
    assert system.effects().count("lie") == before + 1


async def test_a_state_value_that_does_not_fit_is_terminal(system: System) -> None:
    key = str(uuid4())
    await system.set_state("Vault", key, {"value": "nonsense"})
    with pytest.raises(InvocationFailed) as failed:
        await system.client.call(probe.look, key=key)
    assert failed.value.status == 500


@pytest.mark.parametrize("payload", ["not a number", None, {"a": 1}])
async def test_an_awakeable_payload_that_does_not_fit_is_terminal(system: System, payload: object) -> None:
    what = str(uuid4())
    sent = await system.client.send(probe.waits_for_a_number, what)
    await system.client.resolve_awakeable(await awakeable(system, what), payload)
    with pytest.raises(InvocationFailed, match="not a valid int"):
        await system.client.attach(sent.invocation_id, probe.waits_for_a_number)
    assert system.effects().count(what) == 1


async def test_the_published_schema_is_whole(system: System) -> None:
    document = (await system.http.get(f"{system.admin_url}/services/Probe/openapi")).json()
    schema = document["components"]["schemas"]["mirrorRequest"]
    assert schema["properties"]["theNumber"]["exclusiveMinimum"] == 0
    assert "$ref" not in str(schema)
    shapes = schema["properties"]["shapes"]["items"]
    assert {shape["properties"]["shape"]["const"] for shape in shapes["oneOf"]} == {"circle", "square"}


async def awakeable(system: System, what: str) -> str:
    def told() -> list[str]:
        return [line.split()[-1] for line in system.effects() if line.startswith(f"awakeable {what}")]

    async def is_told() -> bool:
        return bool(told())

    await eventually(is_told, "the handler waits")
    return told()[0]
