"""How much load, from the environment."""

import os
from typing import NamedTuple

from dev.errors import DevError


class Options(NamedTuple):
    """`levels`: how many orders are under way at once, one level after the other; `sleeping` wait for approval."""

    levels: list[int]
    sleeping: int

    @classmethod
    def read(cls) -> "Options":
        """From $LEVELS (1,10,100,500) and $SLEEPING (1000).

        Raises:
            DevError: one of them is no number within bounds.
        """
        levels = os.environ.get("LEVELS") or "1,10,100,500"
        sleeping = os.environ.get("SLEEPING") or "1000"
        if not all(level.isdecimal() and 0 < int(level) <= 2_000 for level in levels.split(",")):
            raise DevError(f"LEVELS={levels}: give numbers from 1 to 2000 with commas between them, such as 1,10,100")
        if not sleeping.isdecimal() or int(sleeping) > 50_000:
            raise DevError(f"SLEEPING={sleeping}: give a number from 0 to 50000")
        return cls([int(level) for level in levels.split(",")], int(sleeping))
