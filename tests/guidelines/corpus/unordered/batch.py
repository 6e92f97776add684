"""Iteration in an order that differs between processes, with the journal inside."""
import asyncio
import glob
import os
from datetime import timedelta
from pathlib import Path

import restate
from pydantic import BaseModel
from restate import Context, ObjectContext

from tags import ALL, affected, regions, unique
from worker import Job, process, process_all

batch = restate.VirtualObject("Batch")


class Batch(BaseModel):
    jobs: list[str]
    done: list[str] = []


class Report(BaseModel):
    count: int


@batch.handler()
async def unsorted(ctx: ObjectContext, req: Batch) -> Report:
    for job in set(req.jobs):  # BAD: dont-I-5
        ctx.object_send(process, key=job, arg=Job(id=job))
    for job in {"a", "b", "c"}:  # BAD: dont-I-5
        await ctx.run_typed(job, len, restate.RunOptions(), job)
    pending = set(req.jobs) - set(req.done)
    for job in pending:  # BAD: dont-I-5
        await ctx.sleep(timedelta(seconds=1))  # WARN: dont-II-2
    for index, job in enumerate(frozenset(req.jobs)):  # BAD: dont-I-5
        ctx.set(f"job-{index}", job)
    names = {job.lower() for job in req.jobs}
    futures = [ctx.run_typed(name, str.upper, restate.RunOptions(), name) for name in names]  # BAD: dont-I-5
    await restate.gather(*futures)
    for region in regions(req.jobs):  # BAD: dont-I-5
        await publish(ctx, region)
    for tag in ALL:  # BAD: dont-I-5
        ctx.clear(tag)
    for tag in list(unique(req.jobs)):  # BAD: dont-I-5
        ctx.clear(tag)
    todo: set[str] = {*req.jobs}
    while todo:
        job = todo.pop()  # BAD: dont-I-5
        await ctx.run_typed(job, len, restate.RunOptions(), job)
    await process_all(ctx, todo)
    for job in set(req.jobs) | {"extra"}:  # BAD: dont-I-5
        await ctx.time()
    sends = {job: ctx.object_send(process, key=job, arg=Job(id=job)) for job in set(req.jobs)}  # BAD: dont-I-5
    for job in reversed(list(affected(req.jobs))):  # BAD: dont-I-5
        await publish(ctx, job)
    for left, right in zip(names, req.jobs):  # BAD: dont-I-5
        ctx.set(left, right)
    return Report(count=len(sends))


@batch.handler()
async def files(ctx: ObjectContext, req: Batch) -> Report:
    found = await ctx.run_typed("list", lambda: os.listdir("/data"))  # OK: journaled, so the order is fixed
    for name in found:  # OK: a journaled list
        await publish(ctx, name)
    for name in os.listdir("/data"):  # BAD: dont-I-5|do-I-3
        await publish(ctx, name)
    for path in glob.glob("/data/*.csv"):  # BAD: dont-I-5|do-I-3
        await publish(ctx, path)
    for path in Path("/data").iterdir():  # BAD: dont-I-5|do-I-3
        await publish(ctx, path.name)
    return Report(count=len(found))


@batch.handler()
async def ordered(ctx: ObjectContext, req: Batch) -> Report:
    for job in sorted(set(req.jobs)):  # OK: sorted
        ctx.object_send(process, key=job, arg=Job(id=job))
    for job in dict.fromkeys(req.jobs):  # OK: a dict keeps its order
        await publish(ctx, job)
    counts = {job: len(job) for job in req.jobs}
    for job, count in counts.items():  # OK: a dict keeps its order
        ctx.set(job, count)
    for job in counts.keys():  # OK: a dict keeps its order
        ctx.set(job, 0)
    seen: set[str] = set()
    for job in req.jobs:  # OK: a list; the set is for membership
        if job in seen:
            continue
        seen.add(job)
        await publish(ctx, job)
    letters = "".join(sorted(letter for job in seen for letter in job))  # OK: no context operation
    longest = max(seen, key=lambda job: (len(job), job))  # OK: no context operation
    for job in seen:  # OK: no context operation inside
        letters += job
    ordered_jobs = sorted(seen)
    futures = [ctx.run_typed(job, len, restate.RunOptions(), job) for job in ordered_jobs]  # OK: a sorted list
    await restate.gather(*futures)
    for job in sorted({job.strip() for job in req.jobs}, key=str.lower):  # OK: sorted
        await publish(ctx, job)
    flags = {"a", "b"}
    ctx.set("flags", sorted(flags))  # OK: sorted before it is stored
    names = set(req.jobs)
    names = sorted(names)
    for name in names:  # OK: rebound to a sorted list
        await publish(ctx, name)
    ctx.set("count", len({*req.jobs}))  # OK: a number
    for n in range(3):  # OK: a range
        await publish(ctx, f"{n}{letters}{longest}")
    return Report(count=len(futures))


async def publish(ctx: Context, name: str) -> None:
    await ctx.run_typed(f"publish {name}", len, restate.RunOptions(), name)
