import logging

from restate import Context

logger = logging.getLogger("steps")


def send(text: str) -> None:
    print("sending", text)  # OK: in a step
    logger.info("sending %s", text)  # OK: in a step
    logging.warning("sending")  # OK: in a step


async def audit(ctx: Context, text: str) -> None:
    logger.info("auditing %s", text)  # WARN: do-I-4

    async def write() -> None:
        logger.info("writing %s", text)  # OK: in a step

    await ctx.run_typed("write", write)
