import datetime as dt
import logging
import socket

__all__ = ["stamp"]

log = logging.getLogger(__name__)


def stamp(order_id: str) -> str:
    return f"{order_id}@{_host()}@{dt.datetime.now(dt.UTC)}"  # BAD: do-VI-2


def _host() -> str:
    return socket.gethostname()  # BAD: do-I-3


def nightly() -> None:
    log.info("nightly at %s", dt.datetime.now())  # OK: cron job, not reached from a handler
