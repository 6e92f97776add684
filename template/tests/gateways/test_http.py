import asyncio
from collections.abc import AsyncIterator

import pytest

from gateways.http import CALLS, HttpClient

pytestmark = pytest.mark.anyio


class Other:
    """An HTTP server that answers when it may, and knows how many wait for that."""

    def __init__(self) -> None:
        self.may_answer, self.no_turn_left = asyncio.Event(), asyncio.Event()
        self.waiting = self.most = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readline():
            while await reader.readline() != b"\r\n":
                pass
            self.waiting += 1
            self.most = max(self.most, self.waiting)
            if self.waiting == CALLS:
                self.no_turn_left.set()
            await self.may_answer.wait()
            self.waiting -= 1
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()


@pytest.fixture
async def other() -> Other:
    return Other()


@pytest.fixture
async def http(other: Other) -> AsyncIterator[HttpClient]:
    server = await asyncio.start_server(other, "127.0.0.1")
    host, port = server.sockets[0].getsockname()
    async with server, HttpClient(f"http://{host}:{port}") as client:
        yield client
        other.may_answer.set()


async def test_calls_take_turns(other: Other, http: HttpClient) -> None:
    calls = [asyncio.create_task(http.get("/")) for _ in range(2 * CALLS)]
    await asyncio.wait_for(other.no_turn_left.wait(), 10.0)
    other.may_answer.set()
    assert {response.status_code for response in await asyncio.gather(*calls)} == {204}
    assert other.most == CALLS


@pytest.mark.parametrize("steps", range(4))
async def test_calls_that_are_cancelled_take_nothing_with_them(other: Other, http: HttpClient, steps: int) -> None:
    """Cancelled so many steps of the event loop after they began, some of them before they have a connection."""
    calls = [asyncio.create_task(http.get("/")) for _ in range(2 * CALLS)]
    for _ in range(steps):
        await asyncio.sleep(0)
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    other.may_answer.set()
    again = await asyncio.wait_for(asyncio.gather(*(http.get("/") for _ in range(CALLS))), 10.0)
    assert {response.status_code for response in again} == {204}
