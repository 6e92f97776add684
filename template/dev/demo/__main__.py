"""`python -m dev.demo`: exits with 1 unless everything came out exactly as it must."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import httpx

from dev.demo import books
from dev.demo.shop import SKU, Shop, Unexpected, opened
from dev.demo.stories import is_approved, is_declined, succeeds, survives_a_crash
from dev.errors import DevError
from dev.project import pinned_server_version
from dev.signals import interrupt_on_signals
from dev.terminal import console, say
from durable import InvocationFailed

STORIES = (succeeds, is_declined, is_approved, survives_a_crash)
IN_STOCK = 10


async def run() -> None:
    """All of it.

    Raises:
        DevError: something did not come up, or did not come out as expected; the evidence is printed.
    """
    with tempfile.TemporaryDirectory(prefix="restate-demo-") as directory:
        async with opened(Path(directory)) as shop:
            try:
                await tell(shop)
            except (DevError, InvocationFailed, httpx.HTTPError) as error:
                console.print(f"\n{shop.evidence()}\n")
                raise DevError(str(error) or repr(error)) from error


async def tell(shop: Shop) -> None:
    """The stories, one after the other, and then the books.

    Raises:
        DevError, InvocationFailed, httpx.HTTPError: as soon as something goes wrong.
    """
    say("server", f"Restate {pinned_server_version()} ({shop.server.kind}), {shop.server.ingress_url}")
    say("sandbox", f"payment provider, carrier and mail: {shop.sandbox.url}/ledger")
    deployment_id = shop.register()
    say("service", f"process {shop.service.pid}, registered as {deployment_id}")
    await shop.restock(IN_STOCK)
    say("stock", f"{IN_STOCK} x {SKU}")
    expected = []
    for number, story in enumerate(STORIES, start=1):
        order_id = f"order-{number}"
        console.print()
        expected.append(await story(shop, order_id))
        await shop.settled(order_id)  # or the crash would hit what earlier orders still do

    entries, stock = shop.sandbox.entries(), await shop.stock()
    console.print()
    console.print(books.ledger_table(expected, entries))
    console.print(books.stock_table(SKU, stock))
    if problems := books.problems(expected, entries, stock):
        raise Unexpected("\n".join(["not exactly as expected:", *problems]))


def main() -> int:
    """Exit code 0 if all came out as expected, 1 if not, 130 after a signal."""
    interrupt_on_signals()
    started = time.monotonic()
    try:
        asyncio.run(run())
    except KeyboardInterrupt:
        say("demo", "stopped")
        return 130
    except DevError as error:
        say("demo", str(error), style="red")
        return 1
    say("demo", f"each effect exactly once; {time.monotonic() - started:.1f} s", style="green")
    return 0


if __name__ == "__main__":
    sys.exit(main())
