"""`python -m dev.storm`: exits with 1 unless everything adds up."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import httpx

from dev.admin import Admin, Row
from dev.demo.shop import Shop, opened
from dev.errors import DevError
from dev.signals import interrupt_on_signals
from dev.storm.balance import Balance, Problem, of_the_server
from dev.storm.customers import Customers, End
from dev.storm.killing import Killer
from dev.storm.options import Options
from dev.storm.plan import APPROVAL_SECONDS, PAYMENT_SECONDS, Plan, planned
from dev.storm.timeline import Timeline
from dev.terminal import console, say
from durable import Client, InvocationFailed

SETTLING = 60.0
"""Seconds that messages, sales and late callbacks may still take after the last order has ended."""

LOOKS = 5

CONNECTIONS = 200

ANSWER_SECONDS = 30.0
"""Who waits for longer asks again: the connection of a killed server may be open still."""

SHOWN = 3
"""Orders whose timeline is printed when something is wrong."""

SETTINGS = {
    "ORDER_PAYMENT_DEADLINE": str(PAYMENT_SECONDS),
    "ORDER_APPROVAL_DEADLINE": str(APPROVAL_SECONDS),
    "RETRY_INITIAL_INTERVAL": "0.05",
    # each kill is an attempt of whatever runs, and of whatever that calls; who gives up is paused, and is a finding
    "RETRY_MAX_ATTEMPTS": "1000",
}


async def storm(options: Options) -> list[Problem]:
    """All of it; prints the balance, and a timeline of what does not add up.

    Raises:
        DevError: a process does not come up (again), or the storm takes longer than it may.
    """
    plan = planned(options.seed, options.orders, options.kills)
    timeline = Timeline()
    with tempfile.TemporaryDirectory(prefix="restate-storm-") as directory:
        async with opened(Path(directory), SETTINGS) as shop:
            await prepare(shop, plan)
            try:
                ends = await all_ends(shop, plan, timeline, 60 * options.minutes)
            except TimeoutError:
                problems = [Problem(None, f"not all has ended after {options.minutes} min"), *left_over(shop)]
            else:
                problems = await settled(shop)
                stock = {sku: await shop.stock(sku) for sku in plan.stock}
                balance = Balance(plan, ends, shop.sandbox.entries(), stock)
                problems += [*balance.problems(), *of_the_server(shop.server.admin)]
                for table in balance.tables():
                    console.print(table)
            tell(problems, timeline, shop.server.admin)
    return problems


async def prepare(shop: Shop, plan: Plan) -> None:
    """Goods on the shelves, and what will go wrong with which order."""
    shop.register()
    for sku, quantity in plan.stock.items():
        await shop.restock(quantity, sku)
    for order in plan.orders:
        if order.fault:
            shop.sandbox.set_fault(order.id, **order.fault)


async def all_ends(shop: Shop, plan: Plan, timeline: Timeline, seconds: float) -> list[End]:
    """How each order ended, once the last kill is over too.

    Raises:
        TimeoutError: not within so many seconds. All processes run.
    """
    killer = Killer(shop, plan.kills, timeline)
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    timeout = httpx.Timeout(ANSWER_SECONDS, pool=None)
    async with httpx.AsyncClient(timeout=timeout, limits=limits, trust_env=False) as http:
        client = Client(http, shop.server.ingress_url, shop.server.admin_url)
        customers = Customers(client, killer, timeline)
        ended = asyncio.gather(*map(customers.sees_through, plan.orders))
        try:
            ends, _ = await asyncio.wait_for(asyncio.gather(ended, killer.run()), seconds)
        except TimeoutError:
            await killer.recover()
            raise
    return ends


async def settled(shop: Shop) -> list[Problem]:
    """Waits until nothing runs, waits or is retried, and the provider owes no callback; what is left, is a problem."""
    deadline = time.monotonic() + SETTLING
    clean = 0
    while clean < LOOKS:  # for a moment, a message that is on its way is nowhere
        found = left_over(shop)
        if found and time.monotonic() > deadline:
            return found
        clean = 0 if found else clean + 1
        await asyncio.sleep(0.1)
    return []


def left_over(shop: Shop) -> list[Problem]:
    """One for each invocation that has not ended, and for the callbacks that are due."""
    found = [
        Problem(row.get("target_service_key"), f"{row['target']} ({row['id']}) is {row['status']}: {failure(row)}")
        for row in shop.unfinished()
    ]
    due = shop.sandbox.callbacks_due()
    return [*found, Problem(None, f"{due} callbacks are due")] if due else found


def failure(row: Row) -> str:
    """The first line of how its last attempt failed; the others are a traceback."""
    return str(row.get("last_failure", "no failure")).partition("\n")[0]


def tell(problems: list[Problem], timeline: Timeline, admin: Admin) -> None:
    """Each problem, and the timelines of the first orders that have one."""
    for problem in problems:
        say("problem", f"{problem.order or 'all'}: {problem.what}", style="red")
    with_problems = dict.fromkeys(problem.order for problem in problems if problem.order)
    for order_id in [*with_problems][:SHOWN]:
        say("timeline", f"of {order_id}, in seconds since the storm began")
        console.print(timeline.of(order_id, admin))


def main() -> int:
    """Exit code 0 if all adds up, 1 if not, 2 for bad options, 130 after a signal."""
    interrupt_on_signals()
    try:
        options = Options.read()
    except DevError as error:
        say("storm", str(error), style="red")
        return 2
    say("storm", f"seed {options.seed}: {options.orders} orders, {options.kills} kills")
    started = time.monotonic()
    try:
        problems = asyncio.run(storm(options))
    except KeyboardInterrupt:
        say("storm", "stopped")
        return 130
    except (DevError, InvocationFailed, httpx.HTTPError) as error:
        say("storm", str(error) or repr(error), style="red")
        say("storm", f"the same orders and kills again: {options.command()}")
        return 1
    elapsed = time.monotonic() - started
    if problems:
        say("storm", f"{len(problems)} problems; the same orders and kills again: {options.command()}", style="red")
        return 1
    say("storm", f"{options.orders} orders, {options.kills} kills, and all adds up; {elapsed:.0f} s", style="green")
    return 0


if __name__ == "__main__":
    sys.exit(main())
