"""Other loggers."""
import structlog
from loguru import logger
import restate
import rich
from pydantic import BaseModel
from restate import Context, ObjectContext

slog = structlog.get_logger()
loggers = restate.Service("Loggers")


class In(BaseModel):
    text: str


class Holder:
    def __init__(self) -> None:
        import logging

        self.log = logging.getLogger("holder")

    def tell(self, text: str) -> None:
        self.log.warning("telling %s", text)  # WARN: do-I-4


@loggers.handler()
async def speak(ctx: Context, msg: In) -> None:
    logger.info("speaking {}", msg.text)  # WARN: do-I-4
    slog.info("speaking", text=msg.text)  # WARN: do-I-4
    rich.print(msg.text)  # WARN: do-I-4
    Holder().tell(msg.text)
    text = f"{msg.text!r}"  # OK: no output
    await ctx.run_typed("x", log_in_step, text=text)


def log_in_step(text: str) -> None:
    logger.info("in a step {}", text)  # OK: in a step
    slog.info("in a step", text=text)  # OK: in a step
    rich.print(text)  # OK: in a step
