import uuid

import restate
from pydantic import BaseModel
from restate import Context, ObjectContext

from names import parcels, shipping


class Parcel(BaseModel):
    id: str


class Label(BaseModel):
    code: str


async def ship(ctx: Context, parcel: Parcel) -> Label:
    return Label(code=uuid.uuid4().hex)  # BAD: do-VI-1


async def stop(ctx: Context, parcel: Parcel) -> Label:
    return Label(code=str(uuid.uuid4()))  # BAD: do-VI-1


async def not_registered(ctx: Context, parcel: Parcel) -> Label:
    return Label(code=str(uuid.uuid4()))  # MAY: do-VI-1


shipping.handler()(ship)
halt = shipping.handler("stop")(stop)


@parcels.handler(kind="shared")
async def where(ctx: ObjectContext, parcel: Parcel) -> Label:
    ctx.set("asked", True)  # BAD: do-IV-4
    return Label(code="here")


for function in ():
    shipping.handler()(function)
