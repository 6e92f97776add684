import pytest

from durable import InvocationFailed
from objects import inventory
from objects.inventory import Reservation, Restock, Stock
from tests.shop import LARGE, Shop
from tests.system import eventually

pytestmark = pytest.mark.anyio


async def test_restocking_adds_up(shop: Shop) -> None:
    await shop.stocked(2)
    await shop.stocked(3)
    assert (await shop.level()).available == 5


async def test_an_unknown_sku_is_not_found(shop: Shop) -> None:
    with pytest.raises(InvocationFailed) as unknown:
        await shop.level()
    assert unknown.value.status == 404


async def test_a_waiting_order_holds_its_stock(shop: Shop) -> None:
    await shop.stocked(5)
    await shop.submit(shop.an_order(quantity=2, price=LARGE))
    await shop.reaches("awaiting_approval")
    level = await shop.level()
    assert (level.available, level.reserved) == (3, 2)
    assert (await stock(shop)).reservations[shop.order_id].confirmed


async def test_an_unpaid_order_confirms_nothing(shop: Shop) -> None:
    """Or what it holds would never expire."""
    await shop.stocked(5)
    await shop.provider_is(callback="none")
    sent = await shop.submit()

    async def waits() -> bool:
        return any("the payment" in str(entry.get("name")) for entry in await shop.system.journal(sent.invocation_id))

    await eventually(waits, "the order waits for its payment")
    assert not (await stock(shop)).reservations[shop.order_id].confirmed


async def test_a_reservation_nobody_confirms_expires(shop: Shop) -> None:
    """As if whoever reserved had vanished: only the delayed message is left."""
    held = Stock(available=3, reservations={"vanished": Reservation(quantity=2)})
    await shop.system.set_state("Inventory", shop.sku, {"stock": held.model_dump()})
    await shop.system.send_private("Inventory", "expire", "vanished", key=shop.sku)

    async def back() -> bool:
        level = await shop.level()
        return (level.available, level.reserved) == (5, 0)

    await eventually(back, "the units are available again")


async def test_a_confirmed_reservation_does_not_expire(shop: Shop) -> None:
    await shop.stocked(5)
    await shop.submit(shop.an_order(quantity=2, price=LARGE))
    await shop.reaches("awaiting_approval")
    await shop.system.send_private("Inventory", "expire", shop.order_id, key=shop.sku)
    await shop.approve()
    await shop.receipt()
    assert (await shop.level()).available == 3


async def test_a_release_before_the_reservation_blocks_it(shop: Shop) -> None:
    await shop.stocked(5)
    await shop.system.send_private("Inventory", "release", shop.order_id, key=shop.sku)

    async def known() -> bool:
        return shop.order_id in (await stock(shop)).released

    await eventually(known, "the tombstone is there")
    await shop.submit()
    assert (await shop.failure()).status == 409
    assert (await shop.level()).available == 5


async def test_what_is_sold_out_and_shipped_leaves_no_state(shop: Shop) -> None:
    await shop.stocked(1)
    await shop.place()

    async def gone() -> bool:
        return await shop.system.state("Inventory", shop.sku) == {}

    await eventually(gone, "the state is cleared")


async def test_many_orders_never_oversell(shop: Shop) -> None:
    await shop.stocked(3)
    orders = [Shop(shop.system, sku=shop.sku) for _ in range(6)]
    for each in orders:
        await each.submit()
    assert sorted([await outcome(each) for each in orders]) == ["shipped"] * 3 + ["sold out"] * 3


@pytest.mark.parametrize("quantity", [0, -1, 10**9])
async def test_an_impossible_quantity_is_refused(shop: Shop, quantity: int) -> None:
    with pytest.raises(InvocationFailed) as refused:
        await shop.system.client.call(inventory.restock, Restock.model_construct(quantity=quantity), key=shop.sku)
    assert refused.value.status == 400


async def outcome(shop: Shop) -> str:
    try:
        await shop.receipt()
    except InvocationFailed as failed:
        return "sold out" if failed.status == 409 else failed.message
    return "shipped"


async def stock(shop: Shop) -> Stock:
    return Stock.model_validate((await shop.system.state("Inventory", shop.sku)).get("stock", {}))
