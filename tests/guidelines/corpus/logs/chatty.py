"""Lines that repeat on every replay."""
import logging
import pprint
import sys
from logging import getLogger

import restate
from pydantic import BaseModel
from restate import Context
from restate import getLogger as durable_logger

from steps import audit, send

log = logging.getLogger(__name__)
named = getLogger("chatty")
replay_aware = restate.getLogger(__name__ + ".aware")
aware_too = durable_logger("chatty.aware")
chatty = restate.Service("Chatty")


class Msg(BaseModel):
    text: str


@chatty.handler()
async def say(ctx: Context, msg: Msg) -> None:
    print("handling", msg.text)  # WARN: do-I-4
    log.info("handling %s", msg.text)  # WARN: do-I-4
    named.debug("handling %s", msg.text)  # WARN: do-I-4
    logging.info("handling %s", msg.text)  # WARN: do-I-4
    pprint.pprint(msg)  # WARN: do-I-4
    logging.getLogger("inline").info("handling")  # WARN: do-I-4
    sys.stdout.write("handling")  # MAY: do-I-4
    helper(msg)
    replay_aware.info("handling")  # OK: the SDK's logger
    aware_too.info("handling")  # OK: the SDK's logger
    await ctx.run_typed("send", send, text=msg.text)
    await ctx.run_typed("inline", lambda: print("sent"))  # OK: in a step
    await audit(ctx, msg.text)


def helper(msg: Msg) -> None:
    log.info("helper %s", msg.text)  # WARN: do-I-4


def unreached() -> None:
    print("never in a handler")  # OK: dead code


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    log.info("starting")  # OK: start-up
    print("starting")  # OK: start-up
