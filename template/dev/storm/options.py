"""How much of a storm, from the environment."""

import os
import random
from typing import NamedTuple

from dev.errors import DevError


class Options(NamedTuple):
    """`seed` decides what is ordered, what goes wrong, and who is killed; `minutes` is the longest it may take."""

    seed: int
    orders: int
    kills: int
    minutes: int

    @classmethod
    def read(cls) -> "Options":
        """From $SEED (any), $ORDERS (300), $KILLS (100) and $MINUTES (30).

        Raises:
            DevError: one of them is no number within bounds.
        """
        return cls(
            number("SEED", random.randrange(1_000_000), 0, 10**12),
            number("ORDERS", 300, 1, 10_000),
            number("KILLS", 100, 0, 10_000),
            number("MINUTES", 30, 1, 1_440),
        )

    def command(self) -> str:
        """How to have the same storm again."""
        return f"make storm SEED={self.seed} ORDERS={self.orders} KILLS={self.kills}"


def number(name: str, default: int, least: int, most: int) -> int:
    """A variable of the environment; the default where it is missing or empty."""
    given = os.environ.get(name) or str(default)
    if not given.isascii() or not given.isdecimal() or not least <= int(given) <= most:
        raise DevError(f"{name}={given}: give a number from {least} to {most}")
    return int(given)
