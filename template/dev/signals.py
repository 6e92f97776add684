"""Signals that stop a command."""

import signal
from types import FrameType
from typing import NoReturn


def interrupt_on_signals() -> None:
    """From now on SIGTERM raises `KeyboardInterrupt` as Ctrl-C does, and neither may disturb the cleaning up."""
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(signum: int, frame: FrameType | None) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt
