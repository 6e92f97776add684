"""Inputs without types."""
from typing import Any

import restate
from pydantic import BaseModel
from restate import Context, ObjectContext, ObjectSharedContext, WorkflowContext

untyped = restate.Service("Untyped")
things = restate.VirtualObject("Things")
flow = restate.Workflow("Flow")


class Model(BaseModel):
    id: str


@untyped.handler()
async def create(ctx: Context, order) -> Model:  # BAD: do-IV-6
    return Model(id=order.id)


@things.handler()
async def update(ctx: ObjectContext, thing) -> Model:  # BAD: do-IV-6
    return Model(id=thing["id"])


@things.handler(kind="shared")
async def read(ctx: ObjectSharedContext, query=None) -> Model:  # BAD: do-IV-6
    return Model(id=str(query))


@flow.main()
async def run(ctx: WorkflowContext, request) -> Model:  # BAD: do-IV-6
    return Model(id=str(request))


async def registered(ctx: Context, request) -> Model:  # BAD: do-IV-6
    return Model(id=str(request))


untyped.handler("late")(registered)


@untyped.handler()
async def typed(ctx: Context, model: Model) -> Model:  # OK: typed
    return _helper(model)


@untyped.handler()
async def none(ctx: Context) -> Model:  # OK: no input
    return Model(id="x")


@untyped.handler()
async def text(ctx: Context, model: "Model") -> "Model":  # OK: string annotations
    return model


def _helper(model) -> Model:  # OK: not a handler
    return model
