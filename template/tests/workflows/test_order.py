import json
import time

import pytest

from durable import InvocationFailed
from objects import inventory
from tests.shop import LARGE, PRICE, Shop
from tests.system import eventually
from workflows import order
from workflows.order import Cancel

pytestmark = pytest.mark.anyio

EVERY_LANE = pytest.mark.lanes("normal", "replay", "chaos")


@EVERY_LANE
async def test_an_order_is_charged_and_shipped_once(shop: Shop) -> None:
    await shop.stocked(5)
    receipt = await shop.place(shop.an_order(quantity=2))
    assert receipt.amount == 2 * PRICE
    assert (await shop.status()).state == "shipped"

    async def booked() -> bool:
        level = await shop.level()
        return level.available == 3 and level.reserved == 0 and (await shop.effects()).get("message") == 1

    await eventually(booked, "the goods left and the customer was told")
    assert await shop.effects() == {"charge": 1, "shipment": 1, "message": 1}


async def test_a_sold_out_order_is_never_charged(shop: Shop) -> None:
    await shop.stocked(1)
    await shop.submit(shop.an_order(quantity=2))
    assert (await shop.failure()).status == 409
    assert "charge" not in await shop.effects()
    assert (await shop.level()).available == 1


async def test_a_declined_payment_releases_the_stock(shop: Shop) -> None:
    await shop.stocked()
    await shop.provider_is(decline=True)
    await shop.submit()
    failure = await shop.failure()
    assert failure.status == 402
    assert "insufficient_funds" in failure.message
    assert (await shop.status()).state == "failed"
    assert await everything_is_undone(shop)
    assert "charge" not in await shop.effects()


@EVERY_LANE
async def test_a_failed_payment_releases_the_stock(shop: Shop) -> None:
    await shop.stocked()
    await shop.provider_is(callback="failed")
    await shop.submit()
    assert (await shop.failure()).status == 402
    assert await everything_is_undone(shop)


async def test_an_order_whose_payment_is_never_confirmed_gives_the_money_back(shop: Shop) -> None:
    await shop.stocked()
    await shop.provider_is(callback="none")
    await shop.submit()
    failure = await shop.failure()
    assert failure.status == 408
    assert await everything_is_undone(shop)
    effects = await shop.effects()
    assert (effects["charge"], effects["refund"]) == (1, 1)


@EVERY_LANE
async def test_a_payment_confirmed_after_the_deadline_is_refunded_once(shop: Shop) -> None:
    await shop.stocked()
    await shop.provider_is(callback="none")
    await shop.submit()
    await shop.failure()
    key = await shop.charge_key()
    for _ in range(2):
        answer = await shop.deliver(success(shop.order_id, key), timestamp=int(time.time()))
        assert answer.json() == {"outcome": "refunded"}

    async def asked_again() -> bool:
        return any(entry["kind"] == "refund" and entry["requests"] >= 3 for entry in await shop.ledger())

    await eventually(asked_again, "both late successes were answered with a refund")
    assert (await shop.effects())["refund"] == 1


async def test_duplicate_callbacks_change_nothing(shop: Shop) -> None:
    await shop.stocked()
    await shop.provider_is(callback="duplicate")
    await shop.place()
    answer = await shop.deliver(success(shop.order_id, await shop.charge_key()), timestamp=int(time.time()))
    assert answer.json() == {"outcome": "duplicate"}
    effects = await shop.effects()
    assert (effects["charge"], effects["shipment"], effects.get("refund")) == (1, 1, None)


async def test_a_busy_provider_is_asked_again_when_it_says_so(shop: Shop) -> None:
    await shop.stocked()
    await shop.provider_is(status=429, times=1, retry_after=1)
    started = time.monotonic()
    await shop.place()
    assert time.monotonic() - started >= 1.0
    assert (await shop.effects())["charge"] == 1


async def test_an_answer_lost_after_the_charge_does_not_charge_twice(shop: Shop) -> None:
    await shop.stocked()
    await shop.provider_is(lose_reply=2)
    await shop.place()
    charge = next(entry for entry in await shop.ledger() if entry["kind"] == "charge")
    assert charge["effects"] == 1
    assert charge["requests"] >= 2


async def test_a_large_order_waits_for_approval(shop: Shop) -> None:
    await shop.stocked()
    await shop.submit(shop.an_order(price=LARGE))
    await shop.reaches("awaiting_approval")
    assert "shipment" not in await shop.effects()
    await shop.approve()
    await shop.receipt()
    assert (await shop.effects())["shipment"] == 1


@EVERY_LANE
async def test_a_refused_order_gives_the_money_back(shop: Shop) -> None:
    await shop.stocked()
    await shop.submit(shop.an_order(price=LARGE))
    await shop.reaches("awaiting_approval")
    await shop.approve(approved=False)
    failure = await shop.failure()
    assert (failure.status, failure.message) == (409, "refused by grace")
    assert await everything_is_undone(shop)
    assert (await shop.effects())["refund"] == 1


async def test_an_order_nobody_approves_gives_the_money_back(shop: Shop) -> None:
    await shop.stocked()
    await shop.submit(shop.an_order(price=LARGE))
    assert (await shop.failure()).status == 408
    assert await everything_is_undone(shop)
    assert (await shop.effects())["refund"] == 1


async def test_only_a_waiting_order_can_be_approved(shop: Shop) -> None:
    await shop.stocked()
    await shop.place()
    with pytest.raises(InvocationFailed, match="does not wait for approval") as refused:
        await shop.approve()
    assert refused.value.status == 409


async def test_a_customer_cancels_before_it_ships(shop: Shop) -> None:
    await shop.stocked()
    await shop.submit(shop.an_order(price=LARGE))
    await shop.reaches("awaiting_approval")
    await shop.system.client.call(order.cancel, Cancel(reason="changed my mind"), key=shop.order_id)
    failure = await shop.failure()
    assert (failure.status, failure.message) == (409, "cancelled")
    assert (await shop.status()).state == "cancelled"
    assert await everything_is_undone(shop)
    effects = await shop.effects()
    assert (effects["charge"], effects["refund"]) == (1, 1)


async def test_a_customer_cannot_cancel_what_has_shipped(shop: Shop) -> None:
    await shop.stocked()
    await shop.place()
    with pytest.raises(InvocationFailed, match="too late") as refused:
        await shop.system.client.call(order.cancel, Cancel(reason="changed my mind"), key=shop.order_id)
    assert refused.value.status == 409


@pytest.mark.parametrize("times", [1, 2, 4])
async def test_cancelling_while_it_is_charged_leaves_nothing_behind(shop: Shop, times: int) -> None:
    await shop.stocked()
    await shop.provider_is(slow=0.5)
    sent = await shop.submit()

    async def charging() -> bool:
        return any(entry["kind"] == "charge" and entry["requests"] for entry in await shop.ledger())

    await eventually(charging, "the provider works on the charge")
    for _ in range(times):
        await shop.system.client.cancel(sent.invocation_id)
    assert (await shop.failure()).message == "cancelled"
    assert await everything_is_undone(shop)
    effects = await shop.effects()
    assert effects.get("charge", 0) == effects.get("refund", 0)


async def test_an_order_id_is_used_once(shop: Shop) -> None:
    await shop.stocked()
    receipt = await shop.place()
    with pytest.raises(InvocationFailed) as refused:
        await shop.place()
    assert refused.value.status == 409
    assert await shop.receipt() == receipt
    assert (await shop.submit()).status == "PreviouslyAccepted"


async def test_an_unknown_order_has_no_status(shop: Shop) -> None:
    with pytest.raises(InvocationFailed) as unknown:
        await shop.status()
    assert unknown.value.status == 404


async def test_an_order_survives_a_crash_while_it_is_charged(shop: Shop) -> None:
    await shop.stocked()
    await shop.provider_is(slow=0.5)
    await shop.submit()

    async def charging() -> bool:
        return any(entry["kind"] == "charge" and entry["requests"] for entry in await shop.ledger())

    await eventually(charging, "the provider works on the charge")
    shop.system.crash_and_restart_app()
    await shop.receipt()
    effects = await shop.effects()
    assert (effects["charge"], effects["shipment"], effects.get("refund")) == (1, 1, None)


async def everything_is_undone(shop: Shop) -> bool:
    level = await shop.system.client.call(inventory.status, key=shop.sku)
    return level.available == 5 and level.reserved == 0


def success(order_id: str, key: str) -> bytes:
    data = {"order_id": order_id, "key": key, "charge_id": "ch_1", "amount": PRICE, "failure_code": None}
    event = {"id": f"evt_{key}", "type": "payment.succeeded", "created": int(time.time()), "data": data}
    return json.dumps(event).encode()
