"""Payments: ids, clock and I/O directly in handlers."""
import json
import os
import random
import secrets
import subprocess
import time
import uuid
from datetime import UTC, datetime, date, timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import requests
import restate
from pydantic import BaseModel
from restate import Context, TerminalError

API = os.environ["PAYMENT_API"]  # OK: module level, read once at import
STARTED = time.time()  # OK: module level
INSTANCE = uuid.uuid4().hex  # OK: module level
NAMESPACE = uuid.UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")  # OK: parsing
CONFIG = json.loads(Path(__file__).with_name("config.json").read_text())  # OK: module level file read
session = requests.Session()

payments = restate.Service("Payments")


class Charge(BaseModel):
    order_id: str
    amount: Decimal
    card: str
    when: datetime | None = None


class Receipt(BaseModel):
    payment_id: str
    at: float


def call_provider(key: str, charge: Charge) -> str:
    response = requests.post(f"{API}/charges", json=charge.model_dump(mode="json"), headers={"Idempotency-Key": key})  # OK: only called in a step
    response.raise_for_status()
    return response.json()["id"]


def new_receipt_number() -> str:
    return f"{date.today():%Y%m%d}-{secrets.token_hex(4)}"  # OK: only called in a step


@payments.handler()
async def charge(ctx: Context, request: Charge) -> Receipt:
    payment_id = str(uuid.uuid4())  # BAD: do-VI-1
    await ctx.run_typed("charge", call_provider, key=payment_id, charge=request)
    return Receipt(payment_id=payment_id, at=time.time())  # BAD: do-VI-2


@payments.handler()
async def charge_well(ctx: Context, request: Charge) -> Receipt:
    payment_id = str(ctx.uuid())  # OK: the SDK's id
    key = uuid.uuid5(NAMESPACE, request.order_id)  # OK: uuid5 is a hash of its input
    parsed = uuid.UUID(payment_id)  # OK: parsing
    amount = Decimal(request.amount).quantize(Decimal("0.01"))  # OK: pure
    at = datetime.fromtimestamp(await ctx.time(), UTC)  # OK: journaled clock
    due = at + timedelta(days=30)  # OK: arithmetic
    number = await ctx.run_typed("number", new_receipt_number)  # OK: in a step
    await ctx.run_typed("charge", call_provider, key=f"{key}-{number}", charge=request)  # OK: in a step
    label = f"{amount} on {due:%Y-%m-%d} by {parsed.hex} {STARTED}"
    return Receipt(payment_id=label, at=await ctx.time())  # OK: journaled clock


@payments.handler()
async def quote(ctx: Context, request: Charge) -> Receipt:
    discount = random.random()  # BAD: do-VI-1
    lottery = random.choice(["a", "b"])  # BAD: do-VI-1
    lucky = ctx.random().randint(1, 10)  # OK: seeded by the SDK
    rng = ctx.random()  # OK: the SDK's random
    pick = rng.choice(["x", "y"])  # OK: the SDK's random in a variable
    own = random.Random(request.order_id)  # OK: seeded with the input
    again = own.sample(range(100), 3)  # OK: from a seeded generator
    free = random.Random()  # BAD: do-VI-1
    today = date.today()  # BAD: do-VI-2
    now = datetime.now()  # BAD: do-VI-2
    utc = datetime.utcnow().isoformat()  # BAD: do-VI-2
    aware = datetime.now(tz=UTC)  # BAD: do-VI-2
    label = f"{discount}{lottery}{lucky}{pick}{again}{free}{today}{now}{utc}{aware}"
    return Receipt(payment_id=label, at=time.monotonic())  # BAD: do-VI-2


@payments.handler()
async def rates(ctx: Context, request: Charge) -> Receipt:
    region = os.environ["REGION"]  # BAD: do-I-3
    fallback = os.getenv("FALLBACK", "EUR")  # BAD: do-I-3
    third = os.environ.get("THIRD")  # BAD: do-I-3
    if "DEBUG" in os.environ:  # BAD: do-I-3
        region = "debug"
    table = requests.get(f"{API}/rates").json()  # BAD: do-I-3
    async with httpx.AsyncClient() as client:  # MAY: do-I-3
        answer = await client.get(f"{API}/rates/{region}")  # BAD: do-I-3
    text = open("/etc/rates.json").read()  # BAD: do-I-3
    more = Path("/etc/more.json").read_text()  # BAD: do-I-3
    version = subprocess.check_output(["git", "rev-parse", "HEAD"])  # BAD: do-I-3
    time.sleep(1)  # BAD: do-I-3
    pooled = session.get(f"{API}/pooled")  # BAD: do-I-3
    path = Path("/etc") / "rates" / f"{region}.json"  # OK: building a path touches no disk
    name = os.path.join("a", "b")  # OK: pure
    parsed = json.loads('{"a": 1}')  # OK: pure
    return Receipt(payment_id=f"{fallback}{third}{table}{answer}{text}{more}{version}{pooled}{path.name}{name}{parsed}{CONFIG}{INSTANCE}", at=0.0)


@payments.handler()
async def refund(ctx: Context, request: Charge) -> None:
    if request.amount < 0:
        raise TerminalError("negative", status_code=400)  # OK: terminal
    token = await ctx.run_typed("token", secrets.token_urlsafe)  # OK: method reference in a step
    await ctx.run_typed("fetch", lambda: requests.delete(f"{API}/charges/{token}").text)  # OK: lambda is the step
    await ctx.run_typed("clock", time.time)  # OK: method reference in a step
    await ctx.run_typed("id", lambda: str(uuid.uuid4()))  # OK: lambda is the step
    await ctx.run_typed("env", lambda: os.environ["REGION"])  # OK: lambda is the step
    await ctx.run_typed("pick", random.randint, restate.RunOptions(), 1, 6)  # OK: method reference in a step


app = restate.app([payments])

if __name__ == "__main__":
    print("starting", time.time())  # OK: not a handler
    requests.get(f"{API}/health", timeout=3)  # OK: not a handler
