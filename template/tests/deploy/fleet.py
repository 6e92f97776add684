"""Many deployments in one process: `/PREFIX/VERSION` is the address of a version whose services begin with PREFIX.

`/PREFIX/moving` is the address that breaks the rule: it serves other code after a POST to `/PREFIX/moving/VERSION`.
`/guarded` leads to the admin API of $RESTATE_ADMIN_URL, for those who have the token of $GUARD_TOKEN.
"""

import asyncio
import functools
import os
import sys
from typing import Any

import httpx
import restate
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from durable import logs
from serve import serve
from settings import ServerSettings
from tests.deploy.versions import VERSIONS

HTTP_11_ONLY = "--http-1.1"
MOVING = "moving"

moved: dict[str, str] = {}


@functools.cache
def deployment(prefix: str, version: str) -> Any:
    return restate.app(VERSIONS[version].services(prefix))


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Routes by the first two parts of the path."""
    if scope["type"] != "http":
        return
    match scope["path"].strip("/").split("/"):
        case ["health"]:
            await PlainTextResponse("ok")(scope, receive, send)
        case ["guarded", *rest]:
            await (await guarded(Request(scope, receive), "/".join(rest)))(scope, receive, send)
        case [prefix, "moving", version] if version in VERSIONS and scope["method"] == "POST":
            moved[prefix] = version
            await PlainTextResponse(version)(scope, receive, send)
        case [prefix, version, *_] if version in VERSIONS or version == MOVING:
            await deployment(prefix, moved.get(prefix, "first") if version == MOVING else version)(scope, receive, send)
        case _:
            await PlainTextResponse("nothing here", 404)(scope, receive, send)


async def guarded(request: Request, path: str) -> Response:
    """What a proxy before the admin API does: it lets through who has the token."""
    if request.headers.get("authorization") != f"Bearer {os.environ['GUARD_TOKEN']}":
        return PlainTextResponse("who are you?", 401)
    async with httpx.AsyncClient(base_url=os.environ["RESTATE_ADMIN_URL"], trust_env=False) as admin:
        headers = {name: request.headers[name] for name in ("accept", "content-type") if name in request.headers}
        answer = await admin.request(
            request.method, f"/{path}", params=request.query_params, content=await request.body(), headers=headers
        )
        return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))


def main() -> None:
    server = ServerSettings.read()
    logs.configure(server.log_level)
    if HTTP_11_ONLY in sys.argv:
        uvicorn.run(app, host=server.host, port=server.port, lifespan="off")
    else:
        asyncio.run(serve(app, server))


if __name__ == "__main__":
    main()
