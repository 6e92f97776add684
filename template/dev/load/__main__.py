"""`python -m dev.load`: exits with 1 if an order failed or was lost, or the books do not agree."""

import asyncio
import sys
import tempfile
from pathlib import Path

import httpx

from dev.demo import books
from dev.demo.books import Expected, Stock
from dev.demo.shop import APPROVAL_LIMIT, Shop, opened
from dev.errors import DevError
from dev.load.options import Options
from dev.load.orders import SKUS, Level, asleep, at_once, awake
from dev.load.report import FLAT, picture, table
from dev.process import NotInTime, wait_until
from dev.signals import interrupt_on_signals
from dev.terminal import console, say
from durable import InvocationFailed

SETTLING = 300.0
"""Seconds that sales and mails may still take after the last order has shipped."""

PICTURE = Path("build/load.svg")

WIDTH = 112
"""Columns that the table takes; where no terminal says how wide it is, 80 are assumed."""


async def run(options: Options) -> list[str]:
    """All of it; returns what is wrong."""
    with tempfile.TemporaryDirectory(prefix="restate-load-") as directory:
        async with opened(Path(directory)) as shop:
            shop.register()
            await asyncio.gather(*(shop.restock(1_000_000, sku) for sku in SKUS))
            levels = []
            for count in options.levels:
                levels.append(await at_once(shop, count, 20 // count or 1, f"at-once-{count}"))
                say("load", f"{levels[-1].name}: {levels[-1].throughput:.1f} orders per second")
            interrupted, first, last = await memory_and_sigterm(shop, max(options.levels))
            levels += [interrupted, first, last]
            ids = [f"sleeper-{number}" for number in range(options.sleeping)]
            if ids:
                levels.append(await asleep(shop, ids, APPROVAL_LIMIT + 1))
                say("load", f"{len(ids)} orders wait for approval")
                levels.append(await awake(shop, ids))
            problems = [f"failed: {line}" for level in levels for line in level.failed]
            problems += await disagreements(shop, levels, ids)
    console.width = max(console.width, WIDTH)
    console.print(table(levels))
    grown = last.memory[1] / first.memory[1]
    flat = f"the app's memory grew by a factor of {grown:.2f} over equal rounds; up to {FLAT} counts as flat"
    say("memory", flat, style="green" if grown <= FLAT else "yellow")
    drawn = picture(levels, PICTURE)
    say("picture", f"{PICTURE}, and .png" if drawn else "none: matplotlib is not installed (uv sync --group load)")
    return problems


async def memory_and_sigterm(shop: Shop, count: int) -> tuple[Level, Level, Level]:
    """SIGTERM to the app with orders under way, and a new process; then two equal rounds in that one."""
    task = asyncio.create_task(at_once(shop, count, 1, "sigterm"))
    await one_is_charged(shop, "sigterm")
    await asyncio.to_thread(shop.service.terminate, 30.0)
    say("service", f"SIGTERM with up to {count} orders under way; restarts")
    await asyncio.to_thread(shop.restart)
    interrupted = await task
    interrupted.name += ", SIGTERM"
    first = await at_once(shop, count, 1, "first")
    last = await at_once(shop, count, 1, "last")
    first.name, last.name = f"{first.name}, again", f"{last.name}, at last"
    return interrupted, first, last


async def one_is_charged(shop: Shop, prefix: str) -> None:
    """Waits until the provider knows one of these orders; looks now and then, for its ledger is long.

    Raises:
        NotInTime: it does not.
    """
    for _ in range(int(SETTLING)):
        if any((entry.order_id or "").startswith(prefix) for entry in shop.sandbox.entries()):
            return
        await asyncio.sleep(1)
    raise NotInTime(f"not within {SETTLING:g} s: the provider receives a charge of {prefix}")


async def disagreements(shop: Shop, levels: list[Level], sleepers: list[str]) -> list[str]:
    """What is lost, or was done more or less than once: by the provider's ledger, the stock and the sales."""
    total = sum(len(level.seconds) for level in levels) - len(sleepers)  # they fall asleep, and wake up
    counts: dict[tuple[str | None, str], int] = {}

    try:
        await asyncio.to_thread(wait_until, lambda: not shop.unfinished(), "nothing runs any more", SETTLING)
    except NotInTime as error:
        return [f"{error}\n{shop.evidence()}"]
    for entry in shop.sandbox.entries():
        key = (entry.order_id, entry.kind)
        counts[key] = counts.get(key, 0) + entry.effects
    orders = {order_id for order_id, _ in counts}
    wrong = [] if len(orders) == total else [f"{total} orders were placed, the provider knows {len(orders)}"]
    for order_id in orders:
        for kind, right in (("charge", 1), ("refund", 0), ("shipment", 1), ("message", 1)):
            if (found := counts.get((order_id, kind), 0)) != right:
                wrong.append(f"{order_id}: {books.KINDS[kind]} {found}; expected {right}")
    stock = Stock(*map(sum, zip(*[await shop.stock(sku) for sku in SKUS], strict=True)))
    all_orders = [Expected("all", "load", {}, sold=total)]
    return wrong + books.problems(all_orders, [], stock)


def main() -> int:
    """Exit code 0 if no order failed or was lost, 1 if one was, 2 for bad options, 130 after a signal."""
    interrupt_on_signals()
    try:
        options = Options.read()
    except DevError as error:
        say("load", str(error), style="red")
        return 2
    try:
        problems = asyncio.run(run(options))
    except KeyboardInterrupt:
        say("load", "stopped")
        return 130
    except (DevError, InvocationFailed, httpx.HTTPError, TimeoutError) as error:
        say("load", str(error) or repr(error), style="red")
        return 1
    for problem in problems[:20]:
        say("load", problem, style="red")
    if not problems:
        say("load", "no order failed, none was lost, and the books agree", style="green")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
