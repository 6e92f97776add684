"""What a storm consists of: a pure function of its seed.

When things meet is up to the machine: the same seed brings the same orders, faults and kills, not the same moments.
"""

import random
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from dev.demo.shop import APPROVAL_LIMIT
from workflows.order import Line, State

Course = Literal["ships", "approved", "refused", "undecided", "declined", "payment fails", "unpaid", "cancelled"]

Victim = Literal["service", "server", "sandbox"]

PAYMENT_SECONDS = 4
"""How long orders wait for the provider's callback."""

APPROVAL_SECONDS = 5
"""How long they wait for a person, who has to get through to them."""

SCARCE = "scarce"
PLENTY = tuple(f"plenty-{number}" for number in range(5))

SHARES: dict[Course, int] = {
    "ships": 8,
    "approved": 3,
    "cancelled": 5,
    "refused": 1,
    "undecided": 1,
    "declined": 1,
    "payment fails": 1,
    "unpaid": 2,
}

LATE = {"callback": "late", "callback_delay": PAYMENT_SECONDS + 1}

FAULTS: tuple[dict[str, Any], ...] = (
    {},
    {"status": 503, "times": 3},
    {"status": 429, "times": 2, "retry_after": 1},
    {"slow": 0.5},
    {"lose_reply": 2},
    {"lose_reply": 1, "on": "charge"},
    {"lose_reply": 1, "on": "shipment"},
    {"callback": "duplicate"},
    {"callback": "late", "callback_delay": 1},
)
"""What the provider, the carrier and the mail do to an order that may ship all the same."""

LEGAL: dict[Course, tuple[int, ...]] = {
    "ships": (200,),
    "approved": (200,),
    "refused": (409,),
    "undecided": (408,),
    "declined": (402,),
    "payment fails": (402,),
    "unpaid": (408,),
    "cancelled": (200, 409),
}
"""How an order may end, as an HTTP status: 200 has shipped."""

CANCELLED_AT: tuple[State, ...] = ("reserving", "paying", "paying", "awaiting_approval")

TIMEOUT = 408
"""Legal for whoever waits for a callback or an approval: what was killed may have kept it waiting for too long."""


class Order(NamedTuple):
    """Placed `pause` seconds after the kill number `after` (from 0: before any).

    `fault` is the provider's for this order; `cancel_at` is the state in which it is cancelled.
    An order that comes by a cart has the id that the cart gives it.
    """

    id: str
    course: Course
    after: int
    pause: float
    lines: list[Line]
    fault: dict[str, Any]
    cancel_at: State | None
    by_cart: bool

    @property
    def amount(self) -> int:
        return sum(line.quantity * line.unit_price for line in self.lines)

    @property
    def legal(self) -> frozenset[int]:
        """How it may end; 409 is also what an order gets that finds nothing left.

        A callback may come before the deadline after all: it is due from the charge on, and the deadline counts from
        when the service reads the answer to it, which takes as long as something is down.
        """
        ends = set(LEGAL[self.course])
        if self.fault.get("callback") == "late":
            ends.add(200)
        if self.course != "declined":
            ends.add(TIMEOUT)
        if any(line.sku == SCARCE for line in self.lines):
            ends.add(409)
        return frozenset(ends)


class Kill(NamedTuple):
    """SIGKILL `pause` seconds after the last victim was well again; a new process after `down` seconds."""

    victim: Victim
    pause: float
    down: float


class Plan(NamedTuple):
    """`stock` is what there is of each SKU."""

    orders: Sequence[Order]
    kills: Sequence[Kill]
    stock: dict[str, int]


def planned(seed: int, orders: int, kills: int) -> Plan:
    """Kills in a row, and orders spread over them: of every course that there is room for."""
    chance = random.Random(seed)
    courses: list[Course] = [course for course, share in SHARES.items() for _ in range(share)]
    # the first ones cover every course, the others come as they come
    drawn: list[Course] = list(SHARES)
    drawn += chance.choices(courses, k=orders)
    drawn = drawn[:orders]
    chance.shuffle(drawn)
    return Plan(
        [
            an_order(chance, f"order-{number}", course, number * (kills + 1) // orders)
            for number, course in enumerate(drawn)
        ],
        [a_kill(chance) for _ in range(kills)],
        {SCARCE: 1 + orders // 20, **dict.fromkeys(PLENTY, 100_000)},
    )


def an_order(chance: random.Random, id: str, course: Course, after: int) -> Order:
    skus = chance.sample(PLENTY, chance.choice((1, 1, 2)))
    if chance.random() < 0.15:
        skus.append(SCARCE)
    cancel_at = chance.choice(CANCELLED_AT) if course == "cancelled" else None
    dear = course in ("approved", "refused", "undecided") or cancel_at == "awaiting_approval"
    price = APPROVAL_LIMIT + 1 if dear else chance.randint(1, 20_000)
    lines = [Line(sku=sku, quantity=1 if dear else chance.randint(1, 4), unit_price=price) for sku in skus]
    fault = fault_of(chance, course)
    by_cart = course == "ships" and not fault
    return Order(id, course, after, chance.uniform(0, 1), lines, fault, cancel_at, by_cart)


def fault_of(chance: random.Random, course: Course) -> dict[str, Any]:
    match course:
        case "declined":
            return {"decline": True}
        case "payment fails":
            return {"callback": "failed"}
        case "unpaid":
            return chance.choice(({"callback": "none"}, LATE, LATE))
        case "undecided":
            return {"lose_reply": 1, "on": "refund"}
        case "cancelled":
            # answers that take long leave time to be cancelled while they are under way
            return chance.choice(({"slow": 0.5}, {"slow": 0.5}, {"slow": 0.2}, {"lose_reply": 1, "on": "refund"}))
        case _:
            return chance.choice(FAULTS)


def a_kill(chance: random.Random) -> Kill:
    victims: list[Victim] = ["service", "service", "server", "sandbox"]
    return Kill(chance.choice(victims), chance.uniform(0, 0.8), chance.choice((0, 0, 0.3)))
