"""Services made in functions and classes."""
import time
import uuid

import restate
from pydantic import BaseModel
from restate import Context, ObjectContext

import names
from core.base import PlainService
from services import billing, shipping


class Ping(BaseModel):
    text: str


def build(name: str) -> restate.Service:
    service = restate.Service(name)

    @service.handler()
    async def ping(ctx: Context, ping: Ping) -> Ping:
        return Ping(text=f"{ping.text}{time.time()}")  # BAD: do-VI-2

    @service.handler()
    async def pong(ctx: Context, ping: Ping) -> Ping:
        return Ping(text=f"{ping.text}{await ctx.time()}")  # OK: journaled clock

    return service


class Module:
    def __init__(self, name: str) -> None:
        self.service = PlainService(name)

        @self.service.handler()
        async def echo(ctx: Context, ping: Ping) -> Ping:
            return Ping(text=uuid.uuid4().hex)  # BAD: do-VI-1

        self.service.handler("shout")(self.shout)

    async def shout(self, ctx: Context, ping: Ping) -> Ping:
        return Ping(text=str(uuid.uuid1()))  # BAD: do-VI-1


class Handlers:
    service = restate.VirtualObject("Handlers")

    @staticmethod
    @service.handler()
    async def static(ctx: ObjectContext, ping: Ping) -> Ping:
        return Ping(text=str(time.time_ns()))  # BAD: do-VI-2


app = restate.app([build("A"), build("B"), Module("C").service, Handlers.service, names.billing, names.shipping, names.parcels])
