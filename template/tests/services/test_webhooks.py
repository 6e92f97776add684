import json
import time

import pytest

from tests.shop import Shop
from tests.workflows.test_order import success

pytestmark = pytest.mark.anyio


async def test_a_wrong_signature_is_refused(shop: Shop) -> None:
    answer = await shop.deliver(success("o", "k"), timestamp=int(time.time()), secret="not ours")
    assert answer.status_code == 401


async def test_a_changed_body_is_refused(shop: Shop) -> None:
    body = success("o", "k")
    genuine = await shop.deliver(body, timestamp=int(time.time()))
    url = f"{shop.system.ingress_url}/Webhooks/payment"
    changed = body.replace(b'"k"', b'"x"')
    answer = await shop.system.http.post(url, content=changed, headers=dict(genuine.request.headers))
    assert answer.status_code == 401


async def test_a_changed_timestamp_is_refused(shop: Shop) -> None:
    genuine = await shop.deliver(success("o", "k"), timestamp=1)
    headers = dict(genuine.request.headers) | {"webhook-timestamp": str(int(time.time()))}
    url = f"{shop.system.ingress_url}/Webhooks/payment"
    answer = await shop.system.http.post(url, content=genuine.request.content, headers=headers)
    assert answer.status_code == 401


@pytest.mark.parametrize("age", [3600, -3600])
async def test_an_old_timestamp_is_refused(shop: Shop, age: int) -> None:
    answer = await shop.deliver(success("o", "k"), timestamp=int(time.time()) - age)
    assert answer.status_code == 403


async def test_an_unknown_order_is_refused(shop: Shop) -> None:
    answer = await shop.deliver(success(shop.order_id, "k"), timestamp=int(time.time()))
    assert answer.status_code == 404


async def test_an_unknown_payment_of_a_known_order_is_refused(shop: Shop) -> None:
    await shop.stocked()
    await shop.place()
    answer = await shop.deliver(success(shop.order_id, "of another charge"), timestamp=int(time.time()))
    assert answer.status_code == 404


async def test_an_unsigned_delivery_is_refused_with_the_missing_headers(shop: Shop) -> None:
    answer = await shop.system.http.post(f"{shop.system.ingress_url}/Webhooks/payment", json={})
    assert answer.status_code == 400
    assert "webhook-signature: Field required" in answer.json()["message"]


@pytest.mark.parametrize("body", [b"{}", b"[]", b"not json", b'{"id": 1}', b"\xff\xfe"])
async def test_a_signed_body_that_is_no_event_is_refused(shop: Shop, body: bytes) -> None:
    answer = await shop.deliver(body, timestamp=int(time.time()))
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("invalid request: ")


async def test_an_event_of_an_unknown_type_is_refused(shop: Shop) -> None:
    event = json.loads(success("o", "k")) | {"type": "payment.exploded"}
    answer = await shop.deliver(json.dumps(event).encode(), timestamp=int(time.time()))
    assert answer.status_code == 400
    assert "type: " in answer.json()["message"]
