import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any, Callable


class Cache:
    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    def set(self, name: str, value: Any) -> None:
        self._values[name] = value  # OK: memory

    def get(self, name: str) -> Any:
        return self._values.get(name)  # OK: dict.get


class Registry:
    def run(self, name: str, action: Callable[[], Any]) -> Any:
        return action()


class BatchQueue:
    def sleep(self, delta: timedelta) -> None:
        self.delta = delta  # OK: no sleeping here


class Clock:
    def __init__(self, start: float) -> None:
        self.start = start

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.start, UTC)  # OK: from a journaled value

    def drift(self) -> float:
        return time.time() - self.start  # OK: not called from handlers

    def jitter(self) -> float:
        return random.random()  # OK: not called from handlers
