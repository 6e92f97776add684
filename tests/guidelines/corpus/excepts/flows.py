"""try around context operations."""
import asyncio
import builtins
import contextlib
import logging

import httpx
import restate
from pydantic import BaseModel, ValidationError
from restate import Context, ObjectContext, TerminalError, WorkflowContext
from restate.exceptions import RetryableError
from restate.server_context import DisconnectedException

from remote import charge, charge_or_none, fetch, load_profile, step_with_fallback

log = restate.getLogger(__name__)
flows = restate.Service("Flows")
Oops = Exception


class In(BaseModel):
    id: str


class Out(BaseModel):
    ok: bool


class Failed(TerminalError):
    """Terminal too."""


@flows.handler()
async def broad(ctx: Context, req: In) -> Out:
    try:
        await ctx.run_typed("a", fetch, id=req.id)
    except Exception:  # BAD: dont-I-1
        return Out(ok=False)
    try:
        await ctx.service_call(charge, req)
    except:  # BAD: dont-I-1
        pass
    try:
        await ctx.run_typed("b", fetch, id=req.id)
    except BaseException as error:  # BAD: dont-I-1
        log.warning("failed %s", error)
    try:
        await ctx.run_typed("c", fetch, id=req.id)
    except (ValueError, Exception):  # BAD: dont-I-1
        pass
    try:
        await load_profile(ctx, req.id)
    except builtins.Exception:  # BAD: dont-I-1
        pass
    try:
        future = ctx.service_call(charge, req)
        async for done in restate.as_completed(future):
            await done
    except Oops:  # BAD: dont-I-1
        pass
    with contextlib.suppress(Exception):  # BAD: dont-I-1
        await ctx.run_typed("d", fetch, id=req.id)
    try:
        if req.id:
            for n in range(3):
                await ctx.run_typed(f"e{n}", fetch, id=req.id)
    except KeyError:  # OK: narrow
        pass
    except Exception as error:  # BAD: dont-I-1
        if isinstance(error, TerminalError):
            return Out(ok=False)
    await charge_or_none(ctx, req.id)
    return Out(ok=True)


@flows.handler()
async def careful(ctx: Context, req: In) -> Out:
    try:
        await ctx.run_typed("a", fetch, id=req.id)
    except TerminalError as error:  # OK: re-raised as terminal
        raise Failed("declined", status_code=402) from error
    try:
        await ctx.run_typed("b", fetch, id=req.id)
    except Exception:  # OK: unconditional re-raise
        log.info("attempt failed")
        raise
    try:
        await ctx.run_typed("c", fetch, id=req.id)
    except BaseException:  # OK: unconditional re-raise
        raise
    try:
        parsed = In.model_validate_json(req.id)
    except Exception:  # OK: no context operation in the try
        parsed = req
    try:
        await ctx.run_typed("d", fetch, id=parsed.id)
    except ValidationError:  # OK: narrow, and not a context failure
        pass
    try:
        await ctx.service_call(charge, req)
    except TerminalError as error:  # OK: the cancellation goes on
        if error.status_code == 409:
            raise
        log.info("charge failed: %s", error.message)
    try:
        await ctx.run_typed("e", fetch, id=req.id)
    except TerminalError:  # OK: re-raised after cleaning up
        await ctx.run_typed("undo", fetch, id=req.id)
        raise
    try:
        await ctx.run_typed("f", fetch, id=req.id)
    except TerminalError:
        raise Failed("gone", status_code=410)  # OK: terminal replaced by terminal
    except DisconnectedException:  # OK: re-raised
        raise
    await ctx.run_typed("g", step_with_fallback, id=req.id)

    def local_step() -> str:
        try:
            return httpx.get("https://x.example").text
        except Exception:  # OK: inside a step
            return "none"

    await ctx.run_typed("h", local_step)
    with contextlib.suppress(FileNotFoundError):  # OK: narrow
        await ctx.run_typed("i", fetch, id=req.id)
    try:
        await ctx.run_typed("j", fetch, id=req.id)
    except TerminalError as error:
        raise Failed("replaced", status_code=500) from None  # OK: still terminal
    return Out(ok=True)


@flows.handler()
async def lost(ctx: Context, req: In) -> Out:
    try:
        await ctx.run_typed("a", fetch, id=req.id)
    except TerminalError:
        raise ValueError("bad id")  # BAD: do-V-1
    try:
        await ctx.run_typed("b", fetch, id=req.id)
    except TerminalError as error:
        raise RuntimeError(f"step failed: {error.message}") from None  # BAD: do-V-1
    try:
        await ctx.run_typed("c", fetch, id=req.id)
    except TerminalError as error:
        raise RuntimeError("kept") from error  # OK: the cause stays terminal
    try:
        await ctx.service_call(charge, req)
    except (TerminalError, KeyError):
        raise OrderError(req.id)  # BAD: do-V-1
    return Out(ok=True)


class OrderError(Exception):
    pass


@flows.handler()
async def swallow(ctx: Context, req: In) -> Out:
    try:
        await ctx.service_call(charge, req)
    except TerminalError:  # BAD: do-V-7
        return Out(ok=False)
    try:
        await ctx.run_typed("b", fetch, id=req.id)
    except TerminalError as error:  # BAD: do-V-7
        log.info("ignored: %s", error.message)
    with contextlib.suppress(TerminalError):  # BAD: do-V-7
        await ctx.run_typed("c", fetch, id=req.id)
    try:
        await load_profile(ctx, req.id)
    except restate.TerminalError:  # BAD: do-V-7
        ctx.service_send(charge, req)
    try:
        await ctx.run_typed("d", fetch, id=req.id)
    except asyncio.CancelledError:  # MAY: do-V-7
        raise
    return Out(ok=True)


@flows.handler()
async def finals(ctx: Context, req: In) -> Out:
    lock = await ctx.run_typed("lock", fetch, id=req.id)
    try:
        await ctx.service_call(charge, req)
    finally:
        await ctx.run_typed("unlock", fetch, id=lock)  # BAD: dont-I-1
    try:
        await ctx.run_typed("work", fetch, id=req.id)
    finally:
        ctx.service_send(charge, req)  # BAD: dont-I-1
    try:
        await ctx.run_typed("more", fetch, id=req.id)
    finally:
        httpx.post("https://metrics.example/done")  # BAD: dont-I-1|do-I-3
    try:
        text = "x" * 3
    finally:
        text = text.strip()  # OK: no effect
    seen = 0
    try:
        await ctx.run_typed("last", fetch, id=req.id)
    finally:
        seen += 1  # OK: local variable
    return Out(ok=True)


objects = restate.VirtualObject("Guarded")


@contextlib.asynccontextmanager
async def guarded(ctx: ObjectContext):
    ctx.set("busy", True)  # OK: before the body
    try:
        yield
    finally:
        ctx.set("busy", False)  # BAD: dont-I-1


@objects.handler()
async def work(ctx: ObjectContext, req: In) -> Out:
    async with guarded(ctx):
        await ctx.run_typed("a", fetch, id=req.id)
    return Out(ok=True)
