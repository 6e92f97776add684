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


@pytest.mark.lanes("normal")
async def test_a_provider_that_stays_down_pauses_the_charge_and_loses_nothing(shop: Shop) -> None:
    await shop.stocked()
    await shop.provider_is(status=503, times=1_000)
    await shop.submit()
    of_the_order = f"select id from sys_invocation where target_service_key = '{shop.order_id}'"
    paused = (
        "select id from sys_invocation where target_service_name = 'Payments' and status = 'paused' "
        f"and invoked_by_id in ({of_the_order})"
    )

    async def is_paused() -> bool:
        return bool(await shop.system.query(paused))

    await eventually(is_paused, "the charge is paused")
    await shop.provider_is()
    for row in await shop.system.query(paused):
        await shop.system.resume(row["id"])
    await shop.receipt()
    assert (await shop.effects())["charge"] == 1
