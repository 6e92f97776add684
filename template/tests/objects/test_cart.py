from uuid import uuid4

import pytest

from durable import InvocationFailed
from objects import cart
from objects.cart import Checkout, RemoveLine
from tests.shop import Shop
from tests.system import eventually
from workflows.order import Line

pytestmark = pytest.mark.anyio

CHECKOUT = Checkout(customer="ada@example.com", card_token="tok_visa")


@pytest.fixture
def customer() -> str:
    return f"customer/{uuid4()} ä"  # keys are quoted


async def test_lines_are_added_replaced_and_removed(shop: Shop, customer: str) -> None:
    call = shop.system.client.call
    await call(cart.add, Line(sku="tea", quantity=1, unit_price=100), key=customer)
    await call(cart.add, Line(sku="cup", quantity=1, unit_price=500), key=customer)
    await call(cart.add, Line(sku="tea", quantity=3, unit_price=100), key=customer)
    await call(cart.remove, RemoveLine(sku="cup"), key=customer)
    contents = await call(cart.view, key=customer)
    assert [(line.sku, line.quantity) for line in contents.lines.values()] == [("tea", 3)]


async def test_checking_out_starts_the_order(shop: Shop, customer: str) -> None:
    await shop.stocked()
    call = shop.system.client.call
    await call(cart.add, Line(sku=shop.sku, quantity=2, unit_price=100), key=customer)
    shop.order_id = (await call(cart.checkout, CHECKOUT, key=customer)).order_id
    await shop.reaches("shipped")  # it was started by a message, which may still be on its way
    assert (await shop.receipt()).amount == 200


async def test_an_empty_cart_cannot_be_checked_out(shop: Shop, customer: str) -> None:
    await refused(shop, customer, "the cart is empty")


async def test_a_cart_is_checked_out_once(shop: Shop, customer: str) -> None:
    await shop.system.client.call(cart.add, Line(sku=shop.sku, quantity=2, unit_price=100), key=customer)
    await shop.system.client.call(cart.checkout, CHECKOUT, key=customer)
    before = await shop.system.client.call(cart.view, key=customer)
    await refused(shop, customer, "the cart is checked out as order")
    assert await shop.system.client.call(cart.view, key=customer) == before


async def test_removing_what_is_not_there_is_refused(shop: Shop, customer: str) -> None:
    with pytest.raises(InvocationFailed, match="not in the cart") as error:
        await shop.system.client.call(cart.remove, RemoveLine(sku="tea"), key=customer)
    assert error.value.status == 409


async def test_a_forgotten_cart_expires(shop: Shop, customer: str) -> None:
    contents = await shop.system.client.call(cart.add, Line(sku="tea", quantity=1, unit_price=100), key=customer)
    await shop.system.send_private("Cart", "expire", contents.revision, key=customer)

    async def gone() -> bool:
        return await shop.system.state("Cart", customer) == {}

    await eventually(gone, "the cart is gone")


async def test_a_cart_that_changed_does_not_expire(shop: Shop, customer: str) -> None:
    before = await shop.system.client.call(cart.add, Line(sku="tea", quantity=1, unit_price=100), key=customer)
    await shop.system.client.call(cart.add, Line(sku="cup", quantity=1, unit_price=100), key=customer)
    await shop.system.send_private("Cart", "expire", before.revision, key=customer)
    await shop.system.client.call(cart.remove, RemoveLine(sku="cup"), key=customer)  # queues behind the expiry
    assert "tea" in (await shop.system.client.call(cart.view, key=customer)).lines


async def refused(shop: Shop, customer: str, why: str) -> None:
    with pytest.raises(InvocationFailed, match=why) as error:
        await shop.system.client.call(cart.checkout, CHECKOUT, key=customer)
    assert error.value.status == 409
