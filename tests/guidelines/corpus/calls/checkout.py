"""Calling other handlers: through the context, or wrongly."""
import os
from datetime import timedelta

import httpx
import requests
import restate
from pydantic import BaseModel
from restate import Context, ObjectContext, TerminalError

import stock
from mail import notify, mailer as mail_service
from stock import reserve as take

checkout = restate.Service("Checkout")
INGRESS = os.environ.get("RESTATE_INGRESS_URL", "http://localhost:8080")  # OK: module level


class Cart(BaseModel):
    id: str
    skus: list[str]


class Done(BaseModel):
    id: str


@checkout.handler()
async def wrong(ctx: Context, cart: Cart) -> Done:
    await notify(ctx, cart)  # BAD: do-I-1
    await take(ctx, cart)  # BAD: do-I-1
    await stock.release(ctx, cart)  # BAD: do-I-1
    await right(ctx, cart)  # WARN: do-I-1
    handler = stock.reserve
    await handler(ctx, cart)  # BAD: do-I-1
    httpx.post("http://localhost:8080/Mail/notify", json=cart.model_dump())  # BAD: do-I-1|do-I-3
    async with restate.create_client("http://restate:8080") as client:  # BAD: do-I-1
        await client.service_call(notify, cart)  # MAY: do-I-1, do-I-3
    await ctx.run_typed("notify", through_ingress, cart=cart)
    for step in (notify, stock.release):
        await step(ctx, cart)  # BAD: do-I-1
    return Done(id=cart.id)


def through_ingress(cart: Cart) -> str:
    return requests.post(f"{INGRESS}/Mail/notify", json=cart.model_dump()).text  # WARN: do-I-1


@checkout.handler()
async def right(ctx: Context, cart: Cart) -> Done:
    await ctx.service_call(notify, cart)  # OK: through the context
    await ctx.object_call(take, key=cart.skus[0], arg=cart)  # OK: through the context
    await ctx.object_call(stock.release, key=cart.skus[0], arg=cart)  # OK: through the context
    ctx.service_send(notify, cart, send_delay=timedelta(days=1))  # OK: through the context
    steps = {"mail": notify, "again": mail_service}
    await ctx.service_call(steps["mail"], cart)  # OK: through the context
    await stock.plain_helper(ctx, cart)  # OK: a plain helper
    await ctx.generic_call("Mail", "notify", cart.model_dump_json().encode())  # OK: through the context
    await ctx.run_typed("other", lambda: httpx.post("http://crm.internal:9000/contacts").text)  # OK: another system, in a step
    return Done(id=cart.id)
