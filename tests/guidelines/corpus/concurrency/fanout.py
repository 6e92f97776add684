"""asyncio around the context, and what to do instead."""
import asyncio
import concurrent.futures
import threading
from asyncio import create_task, gather as agather
from datetime import timedelta

import anyio
import restate
from pydantic import BaseModel
from restate import Context, RestateDurableFuture, RunOptions

from resources import warm
from tasks import enrich, in_thread, join

fanout = restate.Service("Fanout")


class Req(BaseModel):
    ids: list[str]


class Res(BaseModel):
    values: list[str] = []


def fetch(id: str) -> str:
    return id.upper()


async def one(ctx: Context, id: str) -> str:
    value = await ctx.run_typed("fetch", fetch, id=id)
    return await ctx.run_typed("again", fetch, id=value)


@fanout.handler()
async def wrong(ctx: Context, req: Req) -> Res:
    values = await asyncio.gather(*(one(ctx, id) for id in req.ids))  # BAD: dont-I-2
    more = await agather(one(ctx, "a"), one(ctx, "b"))  # BAD: dont-I-2
    task = asyncio.create_task(one(ctx, "c"))  # BAD: dont-I-2
    second = create_task(one(ctx, "d"))  # BAD: dont-I-2
    done, pending = await asyncio.wait([task, second])  # BAD: dont-I-2
    try:
        await asyncio.wait_for(one(ctx, "e"), timeout=5)  # BAD: dont-I-2
    except TimeoutError:
        pass
    async with asyncio.TaskGroup() as group:  # BAD: dont-I-2
        group.create_task(one(ctx, "f"))  # MAY: dont-I-2
    async with asyncio.timeout(10):  # BAD: dont-I-2
        await one(ctx, "g")
    for next_done in asyncio.as_completed([one(ctx, "h"), one(ctx, "i")]):  # BAD: dont-I-2
        await next_done
    await asyncio.shield(one(ctx, "j"))  # BAD: dont-I-2
    future = asyncio.ensure_future(one(ctx, "k"))  # BAD: dont-I-2
    loop = asyncio.get_running_loop()
    loop.create_task(one(ctx, "l"))  # BAD: dont-I-2
    thread = threading.Thread(target=asyncio.run, args=(one(ctx, "m"),))  # BAD: dont-I-2
    thread.start()  # MAY: dont-I-2
    async with anyio.create_task_group() as tg:  # BAD: dont-I-2
        tg.start_soon(one, ctx, "n")  # MAY: dont-I-2
    with concurrent.futures.ThreadPoolExecutor() as pool:  # BAD: dont-I-2
        pool.submit(asyncio.run, one(ctx, "o"))  # MAY: dont-I-2
    await asyncio.gather(ctx.run_typed("p", fetch, id="p"), ctx.sleep(timedelta(seconds=1)))  # BAD: dont-I-2
    extra = await join([ctx.service_call(wrong, Req(ids=[])), ctx.service_call(right, Req(ids=[]))])
    await enrich(ctx, req.ids)
    in_thread(ctx)
    return Res(values=[*values, *more, str(done), str(pending), await future, str(extra)])


@fanout.handler()
async def right(ctx: Context, req: Req) -> Res:
    futures = [ctx.run_typed(f"fetch {id}", fetch, id=id) for id in req.ids]  # OK: started, awaited below
    values = [await future for future in await restate.gather(*futures)]  # OK: the SDK's gather
    calls: list[RestateDurableFuture[Res]] = []
    for id in sorted(req.ids):
        calls.append(ctx.service_call(right, Req(ids=[id])))  # OK: stored, awaited below
    async for call in restate.as_completed(*calls):  # OK: the SDK's as_completed
        values.extend((await call).values)
    slow = ctx.run_typed("slow", fetch, RunOptions(), "x")  # OK: awaited in select
    timer = ctx.sleep(timedelta(seconds=5))  # OK: raced in select
    match await restate.select(slow=slow, timer=timer):  # OK: the SDK's select
        case ["slow", value]:
            values.append(value)
        case _:
            pass
    first, rest = await restate.wait_completed(slow, timer)  # OK: the SDK's wait_completed
    handle = ctx.service_send(right, Req(ids=[]))  # OK: a send needs no await
    values.append(await handle.invocation_id())
    ctx.service_send(right, Req(ids=[]), send_delay=timedelta(hours=1))  # OK: a send needs no await

    async def pages() -> str:
        async with asyncio.TaskGroup() as group:  # OK: inside a step
            a = group.create_task(download("a"))  # OK: inside a step
            b = group.create_task(download("b"))  # OK: inside a step
        return a.result() + b.result()

    values.append(await ctx.run_typed("pages", pages))

    async def racing() -> str:
        done, pending = await asyncio.wait(  # OK: inside a step
            [asyncio.create_task(download("a")), asyncio.create_task(download("b"))],  # OK: inside a step
            return_when=asyncio.FIRST_COMPLETED,
        )
        return done.pop().result()

    values.append(await ctx.run_typed("racing", racing))

    def threads() -> list[str]:
        with concurrent.futures.ThreadPoolExecutor() as pool:  # OK: inside a step
            return list(pool.map(fetch, ["a", "b"]))

    values.extend(await ctx.run_typed("threads", threads))
    return Res(values=[*values, str(len(first) + len(rest))])


async def download(name: str) -> str:
    await asyncio.sleep(1)  # OK: only reached from steps
    return name


async def main() -> None:
    await asyncio.gather(warm(), download("x"))  # OK: a script


if __name__ == "__main__":
    asyncio.run(main())  # OK: a script
