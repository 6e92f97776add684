"""The third way to run a durable test: each attempt by another process, and every other answer lost.

Stands between Restate and several processes of the same service. Nothing a handler keeps in memory survives
to its next attempt, what depends on hash values comes out differently, and whatever an attempt did outside
happens once more. Deterministic handlers with idempotent steps do not notice.

Needs HTTP/1.1 (`register(…, use_http_11=True)`): an attempt is then a request, and has an answer to withhold.
"""

import argparse
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dev.asgi import serve

ATTEMPT_SECONDS = 120.0

# of one connection, not of the message
HOP = {"connection", "content-length", "date", "host", "keep-alive", "server", "transfer-encoding", "upgrade"}


class Chaos:
    """Counts attempts by invocation, so that each one has its own alternation, whatever else runs."""

    def __init__(self, backends: Sequence[str], *, drop_replies: bool) -> None:
        self.backends = backends
        self.drop_replies = drop_replies
        self.attempts: Counter[str] = Counter()
        self.http = httpx.AsyncClient(timeout=ATTEMPT_SECONDS, trust_env=False)

    async def forward(self, request: Request) -> Response:
        """Discovery and health checks go to the first backend, undisturbed."""
        invocation = request.headers.get("x-restate-invocation-id")
        attempt = self.attempts[invocation] if invocation else 0
        if invocation:
            self.attempts[invocation] += 1
        backend = self.backends[self._turn(attempt)]
        try:
            reply = await self.http.request(
                request.method,
                f"{backend}{request.url.path}",
                headers=[(name, value) for name, value in request.headers.items() if name not in HOP],
                content=await request.body(),
            )
        except httpx.TransportError as error:
            return Response(f"chaos: {backend} does not answer: {error!r}", 502)
        if invocation and self.drop_replies and attempt % 2 == 0:
            return Response("chaos: the reply is lost", 503)
        response = Response(reply.content, reply.status_code)
        for name, value in reply.headers.multi_items():
            if name not in HOP:
                response.headers.append(name, value)
        return response

    def _turn(self, attempt: int) -> int:
        # an attempt whose answer was lost is always repeated elsewhere, and each backend gets to answer
        turn = (attempt + 1) // 2 if self.drop_replies else attempt
        return turn % len(self.backends)


def create_app(backends: Sequence[str], *, drop_replies: bool) -> Starlette:
    chaos = Chaos(backends, drop_replies=drop_replies)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with chaos.http:
            yield

    methods = ["GET", "POST"]
    return Starlette(routes=[Route("/{path:path}", chaos.forward, methods=methods)], lifespan=lifespan)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m dev.chaos", description="Alternates between processes.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--backend", action="append", required=True, help="URL of a process; repeat it for each")
    parser.add_argument("--drop-replies", action="store_true", help="lose every other answer")
    options = parser.parse_args()
    app = create_app(options.backend, drop_replies=options.drop_replies)
    serve(app, options.host, options.port)


if __name__ == "__main__":
    main()
