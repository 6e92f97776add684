"""Callers that go on while something happens, as well-behaved ones do: after a lost connection they ask again."""

import itertools
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx

CALLERS = 4
PATIENCE_SECONDS = 30.0


class Load:
    """Calls of one handler through several ingresses. `failures` are answers that are none; they should be empty."""

    def __init__(self, ingresses: Sequence[str], path: str, argument: object) -> None:
        self.answered = 0
        self.failures: list[str] = []
        self._urls = [f"{ingress}/{path}" for ingress in ingresses]
        self._argument = argument
        self._stopping = threading.Event()
        self._lock = threading.Lock()

    def stop(self) -> None:
        self._stopping.set()

    def caller(self, number: int) -> None:
        """One call after the other; each starts at another ingress."""
        with httpx.Client(trust_env=False, timeout=PATIENCE_SECONDS) as http:
            for turn in itertools.count(number):
                if self._stopping.is_set():
                    return
                failure = self._call(http, turn)
                with self._lock:
                    self.answered += failure is None
                    self.failures += [failure] if failure else []

    def _call(self, http: httpx.Client, turn: int) -> str | None:
        """The same key each time, so that the server takes it for the same call (do-III-3)."""
        headers = {"idempotency-key": str(uuid.uuid4())}
        deadline = time.monotonic() + PATIENCE_SECONDS
        for attempt in itertools.count(turn):
            url = self._urls[attempt % len(self._urls)]
            try:
                answer = http.post(url, json=self._argument, headers=headers)
            except httpx.TransportError as error:
                if time.monotonic() > deadline:
                    return repr(error)
                time.sleep(0.05)
                continue
            return None if answer.is_success else f"{answer.status_code} {answer.text}"
        return None


@contextmanager
def load(ingresses: Sequence[str], path: str, argument: object) -> Iterator[Load]:
    """Callers until the end of the block; then each waits for its last answer."""
    load = Load(ingresses, path, argument)
    callers = [threading.Thread(target=load.caller, args=(number,)) for number in range(CALLERS)]
    for caller in callers:
        caller.start()
    try:
        yield load
    finally:
        load.stop()
        for caller in callers:
            caller.join()
