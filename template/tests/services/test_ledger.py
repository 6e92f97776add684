import sqlite3

import pytest

from tests.shop import PRICE, Shop
from tests.system import eventually

pytestmark = pytest.mark.anyio


async def test_sales_are_booked_once_and_add_up(shop: Shop) -> None:
    await shop.stocked(9)
    for quantity in (1, 2, 3):
        each = Shop(shop.system, sku=shop.sku)
        await each.place(each.an_order(quantity=quantity))

    async def booked() -> bool:
        return total(shop) == (6, 6 * PRICE, 3)

    await eventually(booked, "three sales are booked")


async def test_a_sale_that_is_sent_twice_is_booked_once(shop: Shop) -> None:
    sale = {"sale_id": shop.order_id, "sku": shop.sku, "quantity": 2, "amount": 10}
    first = await shop.system.send_private("Ledger", "record", sale)
    second = await shop.system.send_private("Ledger", "record", sale)
    for invocation in (first, second):
        await shop.system.completed(invocation)
    assert total(shop) == (2, 10, 1)


@pytest.mark.lanes("normal", "replay", "chaos")
async def test_concurrent_sales_of_one_sku_lose_no_update(shop: Shop) -> None:
    sale = {"sku": shop.sku, "quantity": 1, "amount": 10}
    sales = [sale | {"sale_id": f"{shop.order_id}/{n}"} for n in range(8)]
    sent = [await shop.system.send_private("Ledger", "record", each) for each in sales]
    for invocation in sent:
        await shop.system.completed(invocation)
    assert total(shop) == (8, 80, 8)


def total(shop: Shop) -> tuple[int, int, int] | None:
    with sqlite3.connect(shop.system.directory / "shop.db") as database:
        query = "select quantity, amount, version from sales_by_sku where sku = ?"
        row: tuple[int, int, int] | None = database.execute(query, [shop.sku]).fetchone()
    return row
