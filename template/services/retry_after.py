"""Retries when the other side asks for it, not earlier."""

import contextlib
from collections.abc import Iterator

from restate.exceptions import RetryableError

from gateways.http import Busy


@contextlib.contextmanager
def honouring_retry_after() -> Iterator[None]:
    """Inside a step: `Busy` becomes an error that Restate retries after the time it names (do-V-1)."""
    try:
        yield
    except Busy as busy:
        raise RetryableError(str(busy), status_code=503, retry_after=busy.retry_after) from busy
