import restate
from pydantic import BaseModel
from restate import ObjectContext

worker = restate.VirtualObject("Worker")


class Job(BaseModel):
    id: str


@worker.handler()
async def process(ctx: ObjectContext, job: Job) -> None:
    ctx.set("job", job)
    ctx.clear("job")


async def process_all(ctx: ObjectContext, jobs: set[str]) -> None:
    for job in jobs:  # BAD: dont-I-5
        await ctx.object_call(process, key=job, arg=Job(id=job))
