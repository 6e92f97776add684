"""Sagas: order of registration, keys, secrets."""
import hashlib
import secrets
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

import restate
from pydantic import BaseModel
from restate import Context, TerminalError, WorkflowContext

from gateways import Bank, cancel_flight, cancel_hotel, reserve_flight, reserve_hotel

trips = restate.Workflow("Trips")
tokens = restate.Service("Tokens")
Compensation = Callable[[], Awaitable[Any]]


class Trip(BaseModel):
    hotel: str
    flight: str


class Ref(BaseModel):
    id: str


@trips.main()
async def run(ctx: WorkflowContext, trip: Trip) -> Ref:
    compensations: list[Compensation] = []
    try:
        hotel_key = str(ctx.uuid())
        await ctx.run_typed("hotel", reserve_hotel, key=hotel_key)
        compensations.append(lambda: ctx.run_typed("undo hotel", cancel_hotel, key=hotel_key))  # BAD: do-V-4
        flight_key = str(ctx.uuid())
        await ctx.run_typed("flight", reserve_flight, key=flight_key)
        compensations.append(partial(ctx.run_typed, "undo flight", cancel_flight, restate.RunOptions(), flight_key))  # BAD: do-V-4
    except TerminalError:
        for compensation in reversed(compensations):
            await compensation()
        raise
    return Ref(id=hotel_key)


careful = restate.Workflow("CarefulTrips")


@careful.main()
async def careful_run(ctx: WorkflowContext, trip: Trip) -> Ref:
    compensations: list[Compensation] = []
    hotel_key, flight_key = str(ctx.uuid()), str(ctx.uuid())
    try:
        compensations.append(lambda: ctx.run_typed("undo hotel", cancel_hotel, key=hotel_key))  # OK: registered first
        await ctx.run_typed("hotel", reserve_hotel, key=hotel_key)
        compensations.append(lambda: ctx.run_typed("undo flight", cancel_flight, key=flight_key))  # OK: registered first
        await ctx.run_typed("flight", reserve_flight, key=flight_key)
    except TerminalError as failure:
        for compensation in reversed(compensations):  # OK: a list
            await compensation()
        raise TerminalError(f"undone: {failure.message}", status_code=failure.status_code) from failure  # OK: terminal
    return Ref(id=flight_key)


payments = restate.Service("Payments")


class Payment(BaseModel):
    order: str
    amount: int


@payments.handler()
async def pay(ctx: Context, payment: Payment) -> Ref:
    idempotency_key = str(uuid.uuid4())  # BAD: do-VI-1
    await ctx.run_typed("pay", Bank().pay, key=idempotency_key)
    key2 = secrets.token_hex(16)  # BAD: do-VI-1
    await ctx.run_typed("pay again", Bank().pay, key=key2)
    await ctx.run_typed("third", Bank().pay, key=f"pay-{uuid.uuid4()}")  # BAD: do-VI-1
    stable = str(ctx.uuid())  # OK: stable on every attempt
    await ctx.run_typed("pay well", Bank().pay, key=stable)
    derived = hashlib.sha256(f"{payment.order}:{payment.amount}".encode()).hexdigest()  # OK: from the input
    await ctx.run_typed("pay derived", Bank().pay, key=derived)
    await ctx.run_typed("pay by id", Bank().pay, key=ctx.request().id)  # OK: the invocation id is stable
    await ctx.service_call(refund, payment, idempotency_key=stable)  # WARN: dont-II-3
    ctx.service_send(refund, payment, idempotency_key=f"refund-{payment.order}")  # OK: keyed across executions by a business id
    await ctx.service_call(refund, payment)  # OK: no key
    journaled = await ctx.run_typed("key", lambda: str(uuid.uuid4()))  # OK: made in a step
    await ctx.run_typed("pay journaled", Bank().pay, key=journaled)
    return Ref(id=derived)


@payments.handler()
async def refund(ctx: Context, payment: Payment) -> None:
    await ctx.generic_call("Payments", "pay", b"{}", idempotency_key=str(ctx.uuid()))  # WARN: dont-II-3


@tokens.handler()
async def issue(ctx: Context, payment: Payment) -> Ref:
    token = str(ctx.uuid())  # BAD: dont-I-6
    reset_password_secret = ctx.random().randbytes(32).hex()  # BAD: dont-I-6
    api_key = f"sk-{ctx.uuid()}"  # BAD: dont-I-6
    otp = ctx.random().randint(100000, 999999)  # BAD: dont-I-6
    await ctx.run_typed("store", Bank().store, token=token, secret=reset_password_secret, nonce=str(ctx.uuid()))  # BAD: dont-I-6
    safe_token = await ctx.run_typed("token", secrets.token_urlsafe)  # OK: a real secret, journaled
    order_id = str(ctx.uuid())  # OK: an identifier
    tokens_used = ctx.random().randint(1, 3)  # OK: a count, not a secret
    return Ref(id=f"{safe_token}{order_id}{tokens_used}{api_key}{otp}")
