"""The four stories. Each returns what its order must have come to in the provider's books."""

from dev.demo.books import ONCE, Count, Expected
from dev.demo.shop import APPROVAL_LIMIT, SKU, Shop, Unexpected
from dev.terminal import say

SLOW_SECONDS = 5.0
"""How long the provider takes to answer while the service is killed."""

DECLINED = "402: payment declined: insufficient_funds"


async def succeeds(shop: Shop, order_id: str) -> Expected:
    """Reserve, charge, ship."""
    await place(shop, order_id, quantity=2, unit_price=1_200)
    await ships(shop, order_id)
    return Expected(order_id, "succeeds", {"charge": ONCE, "shipment": ONCE, "message": ONCE}, sold=2)


async def is_declined(shop: Shop, order_id: str) -> Expected:
    """The provider declines the card, so the stock that was reserved is released."""
    shop.sandbox.set_fault(order_id, decline=True)
    say(order_id, "the provider will decline the card")
    before = await shop.stock()
    await place(shop, order_id, quantity=3, unit_price=1_200)
    failure = await shop.failure(order_id)
    say(order_id, f"failed with {failure}")
    if str(failure) != DECLINED:
        raise Unexpected(f"{order_id} failed with '{failure}'; expected '{DECLINED}'")
    after = await shop.stock()
    if after != before:
        raise Unexpected(f"{order_id} failed and left {after}; expected {before}, as before it")
    say(order_id, f"compensated: {after}, as before")
    # the refund was registered before the charge was tried, so it is asked for, and finds nothing to give back
    counts = {"charge": Count(1, 0), "refund": Count(1, 0), "message": ONCE}
    return Expected(order_id, "is declined", counts, sold=0)


async def is_approved(shop: Shop, order_id: str) -> Expected:
    """Too large to ship without a person's consent."""
    await place(shop, order_id, quantity=1, unit_price=2 * APPROVAL_LIMIT)
    await shop.reaches(order_id, "awaiting_approval")
    if any(entry.kind == "shipment" for entry in shop.sandbox.entries(order_id)):
        raise Unexpected(f"{order_id} shipped before anybody approved it")
    say(order_id, f"paid, not shipped: above {euros(APPROVAL_LIMIT)} a person must approve")
    await shop.approve(order_id, by="grace")
    say(order_id, "approved by grace")
    await ships(shop, order_id)
    return Expected(order_id, "is approved by a person", {"charge": ONCE, "shipment": ONCE, "message": ONCE}, sold=1)


async def survives_a_crash(shop: Shop, order_id: str) -> Expected:
    """The service is killed while the provider charges: nobody can know whether the money has moved."""
    shop.sandbox.set_fault(order_id, on="charge", slow=SLOW_SECONDS)
    say(order_id, f"the provider will take {SLOW_SECONDS:g} s to answer the charge")
    invocation_id = await place(shop, order_id, quantity=1, unit_price=1_200)
    charge = await shop.charge_received(order_id)
    shop.service.kill()
    say(order_id, f"the provider works on charge {charge.key}: {Count(charge.requests, charge.effects)}")
    say("service", f"process {shop.service.pid} killed (SIGKILL) before the provider answered")
    say(order_id, f"what is left: {len(shop.server.admin.journal(invocation_id))} entries in Restate's journal")
    shop.sandbox.clear_fault(order_id)
    shop.restart()
    say("service", f"process {shop.service.pid} started in its place")
    await ships(shop, order_id)
    for charge in shop.charges(order_id):
        say(order_id, f"in the end, charge {charge.key}: {Count(charge.requests, charge.effects)}")
    counts = {"charge": Count(requests=2, effects=1), "shipment": ONCE, "message": ONCE}
    return Expected(order_id, "survives a crash", counts, sold=1)


async def place(shop: Shop, order_id: str, *, quantity: int, unit_price: int) -> str:
    """Places an order and returns its invocation id."""
    invocation_id = await shop.place(order_id, quantity=quantity, unit_price=unit_price)
    say(order_id, f"placed: {quantity} x {SKU}, {euros(quantity * unit_price)} ({invocation_id})")
    return invocation_id


async def ships(shop: Shop, order_id: str) -> None:
    receipt = await shop.receipt(order_id)
    say(order_id, f"shipped, tracking number {receipt.tracking}")


def euros(amount: int) -> str:
    """An amount in minor units, for people."""
    return f"{amount / 100:,.2f} EUR"
