"""Where the shop's invocations stand when a new version comes: waiting, asleep, being retried, and a few that ended.

What has ended replays from its first entry to its last, so it also stands for each moment in between.
"""

from datetime import timedelta
from uuid import uuid4

from objects import cart, inventory, schedule
from objects.cart import Checkout
from objects.schedule import Job
from services import payments, reports
from services.payments import Refund
from services.reports import StockQuery
from tests.shop import LARGE, Shop
from tests.system import System, eventually
from workflows import order
from workflows.order import Cancel, Line


async def order_waiting_for_payment(system: System) -> str:
    """An awakeable, with a deadline."""
    return await _order(Shop(system), "paying", callback="none")


async def order_waiting_for_approval(system: System) -> str:
    """A promise, with a deadline."""
    return await _order(Shop(system), "awaiting_approval", price=LARGE)


async def order_shipped(system: System) -> str:
    return await _order(Shop(system), "shipped")


async def order_compensated(system: System) -> str:
    return await _order(Shop(system), "failed", callback="failed")


async def order_cancelled(system: System) -> str:
    """A signal."""
    shop = Shop(system)
    invocation_id = await _order(shop, "paying", callback="none")
    await system.client.call(order.cancel, Cancel(reason="changed my mind"), key=shop.order_id)
    await system.completed(invocation_id)
    return invocation_id


async def order_approval(system: System) -> str:
    """A shared handler, which completes a promise."""
    shop = Shop(system)
    await _order(shop, "awaiting_approval", price=LARGE)
    await shop.approve()
    return await _newest(system, f"Order/{shop.order_id}/approve")


async def refund_being_retried(system: System) -> str:
    """A step that fails, whose result is not in the journal."""
    order_id = f"order-{uuid4()}"
    await Shop(system, order_id=order_id).provider_is(status=503, times=1_000)
    refund = Refund(key=str(uuid4()), order_id=order_id).model_dump()
    return await system.send_private("Payments", payments.refund.__name__, refund)


async def reservation(system: System) -> str:
    """State that is sent along, and a delayed message as its timer."""
    shop = Shop(system)
    await _order(shop, "paying", callback="none")
    return await _newest(system, f"Inventory/{shop.sku}/{inventory.reserve.__name__}")


async def schedule_tick(system: System) -> str:
    """One link of a chain of delayed messages."""
    shop, job = Shop(system), f"job-{uuid4()}"
    await shop.stocked()
    await system.client.call(schedule.start, Job(every=timedelta(milliseconds=300), skus=[shop.sku], times=2), key=job)
    return await _newest(system, f"Schedule/{job}/{schedule.tick.__name__}")


async def cart_checkout(system: System) -> str:
    """An id made with `ctx.uuid()`, which is in what it sends."""
    shop, key = Shop(system), f"cart-{uuid4()}"
    await shop.stocked()
    await system.client.call(cart.add, Line(sku=shop.sku, quantity=1, unit_price=100), key=key)
    await system.client.call(cart.checkout, Checkout(customer="ada@example.com", card_token="tok_visa"), key=key)
    return await _newest(system, f"Cart/{key}/{cart.checkout.__name__}")


async def stock_report(system: System) -> str:
    """Calls side by side, and a timer."""
    shop = Shop(system)
    await shop.stocked()
    sent = await system.client.send(reports.stock, StockQuery(skus=[shop.sku, "unknown"]))
    await system.completed(sent.invocation_id)
    return sent.invocation_id


async def _order(shop: Shop, state: order.State, *, price: int = 1_200, **fault: object) -> str:
    """An order in a state; its invocation."""
    await shop.stocked()
    if fault:
        await shop.provider_is(**fault)
    sent = await shop.submit(shop.an_order(price=price))
    await shop.reaches(state)
    return sent.invocation_id


async def _newest(system: System, target: str) -> str:
    """The newest invocation of a target that has ended."""
    query = f"select id from sys_invocation where target = '{target}' and status = 'completed' order by created_at desc"
    found: list[str] = []

    async def there() -> bool:
        found[:] = [str(row["id"]) for row in await system.query(query)]
        return bool(found)

    await eventually(there, f"{target} has completed")
    return found[0]
