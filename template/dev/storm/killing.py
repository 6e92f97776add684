"""SIGKILL to one process after the other, and a new one in its place."""

import asyncio
import threading
from collections.abc import Sequence

from dev.demo.shop import Shop
from dev.storm.plan import Kill, Victim
from dev.storm.timeline import Timeline
from dev.terminal import say

SAY_EVERY = 10


class Killer:
    """Goes through the kills of a plan, one at a time: each victim is well again before the next one dies."""

    def __init__(self, shop: Shop, kills: Sequence[Kill], timeline: Timeline) -> None:
        self._shop = shop
        self._kills = kills
        self._timeline = timeline
        self._done = [asyncio.Event() for _ in range(len(kills) + 1)]
        self._done[0].set()
        self._down: Victim | None = None
        self._turn = threading.Lock()  # a thread goes on when who waits for it is cancelled

    async def after(self, number: int) -> None:
        """Waits until so many kills have begun."""
        await self._done[number].wait()

    async def run(self) -> None:
        """All of them.

        Raises:
            DevError: a process does not come up again.
        """
        for number, kill in enumerate(self._kills, start=1):
            await asyncio.sleep(kill.pause)
            await asyncio.to_thread(self._kill, kill.victim)
            self._timeline.add(None, f"SIGKILL to the {kill.victim} ({number} of {len(self._kills)})")
            self._done[number].set()
            await asyncio.sleep(kill.down)
            await asyncio.to_thread(self._restart)
            self._timeline.add(None, f"the {kill.victim} is back")
            if number % SAY_EVERY == 0:
                say("storm", f"{number} of {len(self._kills)} kills")

    async def recover(self) -> None:
        """Starts whoever is down; for after `run` was cancelled, perhaps between a kill and a restart."""
        await asyncio.to_thread(self._restart)

    def _kill(self, victim: Victim) -> None:
        with self._turn:
            self._down = victim
            match victim:
                case "service":
                    self._shop.service.kill()
                case "server":
                    self._shop.server.kill()
                case "sandbox":
                    self._shop.sandbox.kill()

    def _restart(self) -> None:
        with self._turn:
            match self._down:
                case "service":
                    self._shop.restart()
                case "server":
                    self._shop.server.restart()
                case "sandbox":
                    self._shop.sandbox.restart()
            self._down = None
