"""One small app in many versions: each differs from the first by what a release may change."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import restate
from pydantic import BaseModel
from restate import Context

from durable import Service, VirtualObject

Component = restate.Service | restate.VirtualObject

Handlers = Mapping[str, Callable[..., Any]]

RETRIES = restate.InvocationRetryPolicy(
    # five attempts in half a second, and a pause after them in which a test can look
    initial_interval=timedelta(milliseconds=5),
    exponentiation_factor=4,
    max_interval=timedelta(seconds=10),
    max_attempts=1_000,
    on_max_attempts="pause",
)

PAUSES_SOON = dataclasses.replace(RETRIES, max_attempts=2)


class Order(BaseModel):
    sku: str
    quantity: int = 1
    note: str = ""


class OrderWithAddress(Order):
    address: str


class OrderWithRemark(BaseModel):
    sku: str
    quantity: int = 1
    remark: str = ""


class OrderWithVoucher(Order):
    voucher: str | None = None


class Receipt(BaseModel):
    number: str


class ReceiptWithoutPromise(BaseModel):
    number: str | None


async def place(ctx: Context, order: Order) -> Receipt:
    return Receipt(number=order.sku)


async def place_with_address(ctx: Context, order: OrderWithAddress) -> Receipt:
    return Receipt(number=order.sku)


async def place_with_remark(ctx: Context, order: OrderWithRemark) -> Receipt:
    return Receipt(number=order.sku)


async def place_with_voucher(ctx: Context, order: OrderWithVoucher) -> Receipt:
    return Receipt(number=order.sku)


async def place_in_vain(ctx: Context, order: Order) -> Receipt:
    return Receipt(number=await ctx.run_typed("work", _fail))


async def place_after_work(ctx: Context, order: Order) -> Receipt:
    return Receipt(number=await ctx.run_typed("work", _succeed))


async def place_without_promise(ctx: Context, order: Order) -> ReceiptWithoutPromise:
    return ReceiptWithoutPromise(number=None)


async def cancel(ctx: Context, number: str) -> None:
    """Nothing to do: it is there to be called."""


async def which(ctx: Context) -> str:
    return "first"


async def which_is_second(ctx: Context) -> str:
    return "second"


async def nap(ctx: Context, seconds: float) -> None:
    await ctx.sleep(timedelta(seconds=seconds))


async def send_naps(ctx: Context, prefix: str) -> None:
    """A thousand of them."""
    for _ in range(1_000):
        ctx.generic_send(f"{prefix}Orders", "nap", b"60")


def _fail() -> str:
    raise RuntimeError("broken release")


def _succeed() -> str:
    return "mended"


async def broken(ctx: Context, what: str) -> str:
    return await ctx.run_typed("work", _fail)


async def mended(ctx: Context, what: str) -> str:
    return await ctx.run_typed("work", _succeed)


async def another_way(ctx: Context, what: str) -> str:
    """Cannot replay what `nap` has in its journal."""
    return await ctx.run_typed("work", _succeed)


FIRST: Handlers = {
    "place": place,
    "cancel": cancel,
    "which": which,
    "nap": nap,
    "send_naps": send_naps,
    "try_hard": broken,
    "give_up": broken,
}


@dataclasses.dataclass(frozen=True)
class Version:
    """What is served; the services are named after whoever asks, so that tests do not meet."""

    handlers: Handlers = dataclasses.field(default_factory=lambda: FIRST)
    is_object: bool = False
    object_place: Callable[..., Any] = place
    private: bool = False
    private_handlers: tuple[str, ...] = ()
    retention: timedelta = timedelta(days=2)
    with_orders: bool = True
    with_stock: bool = True

    def services(self, prefix: str) -> Sequence[Component]:
        """`{prefix}Orders` and `{prefix}Stock`, unless one was removed."""
        orders = self._object(prefix) if self.is_object else self._service(prefix)
        stock = Service(f"{prefix}Stock", **self._options)
        stock.handler(name="which")(which)
        return [*[orders] * self.with_orders, *[stock] * self.with_stock]

    @property
    def _options(self) -> dict[str, Any]:
        return {
            "inactivity_timeout": timedelta(minutes=1),
            "abort_timeout": timedelta(minutes=1),
            "journal_retention": timedelta(days=1),
            "idempotency_retention": self.retention,
            "ingress_private": self.private,
            "invocation_retry_policy": RETRIES,
        }

    def _service(self, prefix: str) -> Component:
        orders = Service(f"{prefix}Orders", **self._options)
        for name, handler in self.handlers.items():
            policy = PAUSES_SOON if name == "give_up" else None
            private = True if name in self.private_handlers else None
            orders.handler(name=name, ingress_private=private, invocation_retry_policy=policy)(handler)
        return orders

    def _object(self, prefix: str) -> Component:
        orders = VirtualObject(f"{prefix}Orders", **self._options)
        orders.handler(name="place")(self.object_place)
        return orders


def _with(**handlers: Callable[..., Any]) -> Handlers:
    return {**FIRST, **handlers}


def _without(name: str) -> Handlers:
    return {key: value for key, value in FIRST.items() if key != name}


VERSIONS = {
    "first": Version(),
    "second": Version(_with(which=which_is_second, refund=cancel)),
    "fixed": Version(_with(try_hard=mended, give_up=mended, which=which_is_second)),
    "removed-handler": Version(_without("cancel")),
    "removed-service": Version(with_stock=False),
    "only-stock": Version(with_orders=False),
    "turned-object": Version(is_object=True),
    "required-field": Version(_with(place=place_with_address)),
    "renamed-field": Version(_with(place=place_with_remark)),
    "widened-output": Version(_with(place=place_without_promise)),
    "private-handler": Version(private_handlers=("cancel",)),
    "private-service": Version(private=True),
    "lowered-retention": Version(retention=timedelta(hours=1)),
    "added-handler": Version(_with(refund=cancel)),
    "optional-field": Version(_with(place=place_with_voucher)),
    "raised-retention": Version(retention=timedelta(days=3)),
    "another-way": Version(_with(nap=another_way)),
    "broken-object": Version(is_object=True, object_place=place_in_vain),
    "mended-object": Version(is_object=True, object_place=place_after_work),
}
