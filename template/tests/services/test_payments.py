import pytest

from services.payments import Charge, charge
from tests.shop import Shop
from tests.system import eventually

pytestmark = pytest.mark.anyio


async def test_payments_are_private_to_the_ingress(shop: Shop) -> None:
    request = Charge(key="k", order_id=shop.order_id, amount=1, card_token="tok")
    answer = await shop.system.http.post(
        f"{shop.system.ingress_url}/Payments/{charge.__name__}", json=request.model_dump()
    )
    assert answer.status_code == 400
    assert "not public" in answer.text
    assert await shop.effects() == {}


async def test_a_provider_that_stays_down_loses_nothing(shop: Shop) -> None:
    """Its charge is paused in the end (see tests/durable/test_policy.py); here an operator does it sooner."""
    await shop.stocked()
    await shop.provider_is(status=503, times=1_000)
    sent = await shop.submit()
    charging = (
        "select id from sys_invocation where target_service_name = 'Payments' and retry_count > 2 "
        f"and invoked_by_id = '{sent.invocation_id}'"
    )

    async def is_tried_again() -> bool:
        return bool(await shop.system.query(charging))

    await eventually(is_tried_again, "the charge is tried again")
    (row,) = await shop.system.query(charging)
    await shop.system.pause(row["id"])
    await shop.provider_is()
    await shop.system.resume(row["id"])
    await shop.receipt()
    assert (await shop.effects())["charge"] == 1
