import sqlite3
from contextlib import closing

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

    async def all_booked() -> bool:
        return total(shop) == (8, 80, 8)

    await eventually(all_booked, "eight sales are booked")


@pytest.mark.lanes("normal", "replay", "chaos")
async def test_a_sale_that_always_comes_second_is_booked_when_there_is_room(shop: Shop) -> None:
    sale = {"sku": shop.sku, "quantity": 1, "amount": 10}
    first = await shop.system.send_private("Ledger", "record", sale | {"sale_id": f"{shop.order_id}/first"})
    await shop.system.completed(first)
    with closing(sqlite3.connect(shop.system.directory / "shop.db")) as database:
        # no update finds its row, as when another one always came first
        database.execute(
            f"create trigger others before update on sales_by_sku when old.sku = '{shop.sku}' "
            "begin select raise(ignore); end"
        )
        sent = await shop.system.send_private("Ledger", "record", sale | {"sale_id": f"{shop.order_id}/second"})

        async def goes_on_elsewhere() -> bool:
            return bool(await shop.system.query(f"select id from sys_invocation where invoked_by_id = '{sent}'"))

        await eventually(goes_on_elsewhere, "the first invocation met another version")
        database.execute("drop trigger others")

    async def booked() -> bool:
        return (total(shop) or ())[:2] == (2, 20)

    await eventually(booked, "the second sale is booked")


def total(shop: Shop) -> tuple[int, int, int] | None:
    with sqlite3.connect(shop.system.directory / "shop.db") as database:
        query = "select quantity, amount, version from sales_by_sku where sku = ?"
        row: tuple[int, int, int] | None = database.execute(query, [shop.sku]).fetchone()
    return row
