"""JSON logs that name the invocation and do not repeat themselves on replay (do-I-4)."""

import contextlib
import logging
import sys
from collections.abc import AsyncIterator

from pythonjsonlogger.json import JsonFormatter
from restate import TerminalError
from restate.extensions import current_context
from restate.server_context import DisconnectedException, ServerInvocationContext, restate_context_is_replaying

log = logging.getLogger("invocation")


def configure(level: str) -> None:
    """One JSON object per line on standard output, for every logger of the process."""
    handler = logging.StreamHandler(sys.stdout)
    handler.addFilter(InvocationFilter())
    handler.setFormatter(
        JsonFormatter(
            "%(levelname)s %(name)s %(message)s",
            rename_fields={"levelname": "level", "name": "logger"},
            timestamp="time",
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # log_attempt reports the same failure, and knows the invocation
    logging.getLogger("restate.server").addFilter(lambda record: record.msg != "Exception in Restate handler")
    logging.getLogger("httpx").setLevel(logging.WARNING)


class InvocationFilter(logging.Filter):
    """Adds `invocation_id` and `target` to records; drops those below WARNING while the journal is replayed.

    On the handler, since a filter on a logger misses its children. From WARNING up nothing is hidden: a journal
    mismatch is reported *during* replay.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        context = invocation()
        if context is not None:
            record.invocation_id = context.request().id
            record.target = f"{context.handler.service_tag.name}/{context.handler.name}"
        return record.levelno >= logging.WARNING or not restate_context_is_replaying.get()


def invocation() -> ServerInvocationContext | None:
    """The invocation this code runs in, or None outside handlers."""
    try:
        context = current_context()
    except LookupError:
        return None
    return context if isinstance(context, ServerInvocationContext) else None


@contextlib.asynccontextmanager
async def log_attempt() -> AsyncIterator[None]:
    """Logs how an attempt failed: the SDK does not log terminal errors at all."""
    try:
        yield
    except TerminalError as error:
        log.warning("failed for good: %s %s", error.status_code, error.message)
        raise
    except DisconnectedException:  # the attempt goes on elsewhere; not a failure
        raise
    except Exception:
        log.exception("attempt failed, Restate will retry")
        raise
