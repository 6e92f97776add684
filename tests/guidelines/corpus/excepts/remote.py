import httpx
import restate
from pydantic import BaseModel
from restate import Context, TerminalError
from restate.exceptions import RetryableError

remote = restate.Service("Remote")


class In(BaseModel):
    id: str


@remote.handler()
async def charge(ctx: Context, req: In) -> None:
    await ctx.run_typed("charge", fetch, id=req.id)


def fetch(id: str) -> str:
    try:
        return httpx.get(f"https://x.example/{id}").raise_for_status().text
    except httpx.HTTPStatusError as error:  # OK: inside a step
        if error.response.status_code == 404:
            raise TerminalError("unknown", status_code=404) from error  # OK: inside a step
        raise RetryableError("busy") from error  # OK: inside a step
    except Exception:  # OK: inside a step
        return ""
    finally:
        httpx.post("https://metrics.example")  # OK: inside a step


def step_with_fallback(id: str) -> str:
    try:
        return fetch(id)
    except BaseException:  # OK: inside a step
        return "none"


async def load_profile(ctx: Context, id: str) -> str:
    return await ctx.run_typed("profile", fetch, id=id)


async def charge_or_none(context: Context, id: str) -> str | None:
    try:
        return await load_profile(context, id)
    except Exception as error:  # BAD: dont-I-1
        return None
