"""Serves the project's app so that it can be killed at one entry of an order's journal, and lives again at once.

`python -m tests.workflows.killable`. At the `Stop` in the file $KILL_POINT the process falls silent: whatever it wants
to tell Restate, in any invocation, it keeps to itself. From then on it adds nothing to a journal, and whoever sends
the SIGKILL need not hurry to hit that very entry.

$KILL_DIARY gets a line of JSON for each process, its end, each attempt at an order, and each result of a step that the
order keeps to itself.
"""

import asyncio
import json
import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import resources
from app import app
from durable import logs
from guidelines.replay import wire
from guidelines.replay.messages import CODES, START
from serve import serve
from settings import ServerSettings

ORDERS = "/invoke/Order/run"

COMMANDS = {code for type, code in CODES.items() if type.startswith("Command: ")}

KNOWN_ENTRIES, KEY = 3, 6
"""Fields of the start message."""

RUN_COMPLETION = 0x0005
"""What a step came to, proposed to the server."""

Message = dict[str, Any]


class Stop(BaseModel):
    """Where an order stops: it has sent so many commands, the input included, and has seen so many entries of a type.

    The latter tells completions apart, which come from the server while the service has nothing to say.
    """

    order_id: str
    commands: int
    type: str
    count: int


class Killable:
    """ASGI middleware between the server and the SDK."""

    def __init__(self, app: Any, point: Path, diary: Path) -> None:
        self._app = app
        self._point = point
        self._diary = diary
        self.silent = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and "/invoke/" in scope["path"]:
            attempt = Attempt(self, receive, send, of_an_order=scope["path"].endswith(ORDERS))
            receive, send = attempt.receive, attempt.send
        await self._app(scope, receive, send)

    def note(self, **what: object) -> None:
        note(self._diary, pid=os.getpid(), **what)

    def begins(self, order_id: str, entries: int) -> Stop | None:
        """Notes that an attempt at an order begins, and says where it is to stop."""
        self.note(order_id=order_id, entries=entries)
        stop = Stop.model_validate_json(self._point.read_bytes()) if self._point.exists() else None
        return stop if stop and stop.order_id == order_id else None


class Attempt:
    """One attempt, whose messages are read along in both directions: its request begins with the journal so far."""

    def __init__(self, process: Killable, receive: Any, send: Any, *, of_an_order: bool) -> None:
        self._process = process
        self._receive = receive
        self._send = send
        self._of_an_order = of_an_order
        self._stop: Stop | None = None
        self._seen: Counter[int] = Counter()
        self._received, self._sent = bytearray(), bytearray()

    async def receive(self) -> Message:
        message: Message = await self._receive()
        self._received += message.get("body", b"")
        for code, frame in taken(self._received):
            if code == START and self._of_an_order:
                start = dict(wire.decode(frame[wire.FRAME.size :]))
                self._stop = self._process.begins(bytes(start[KEY]).decode(), int(start[KNOWN_ENTRIES]))
            self._see(code)
        return message

    async def send(self, message: Message) -> None:
        self._sent += message.get("body", b"")
        for code, frame in taken(self._sent):
            await self._wait_while_silent(code)
            self._see(code)  # before it is sent: silence comes before anything that the server does about it
            await self._send({**message, "body": frame, "more_body": True})
        if message["type"] != "http.response.body" or not message.get("more_body", False):
            await self._wait_while_silent()
            await self._send({**message, "body": b""} if "body" in message else message)

    async def _wait_while_silent(self, code: int | None = None) -> None:
        beyond = self._stop and code in COMMANDS and self._commands >= self._stop.commands
        if beyond or self._process.silent:
            if self._stop and code == RUN_COMPLETION:
                self._process.note(order_id=self._stop.order_id, lost="the result of a step")
            await asyncio.Event().wait()

    def _see(self, code: int) -> None:
        self._seen[code] += 1
        stop = self._stop
        if stop and self._commands == stop.commands and self._seen[CODES[stop.type]] >= stop.count:
            self._process.silent = True

    @property
    def _commands(self) -> int:
        return sum(self._seen[code] for code in COMMANDS)


def taken(stream: bytearray) -> Iterator[tuple[int, bytes]]:
    """Type and bytes of each message that is complete; they are removed from the stream."""
    for code, body in wire.frames(bytes(stream)):
        size = wire.FRAME.size + len(body)
        frame = bytes(stream[:size])
        del stream[:size]
        yield code, frame


def note(diary: Path, **what: object) -> None:
    with diary.open("a") as file:
        file.write(json.dumps(what) + "\n")


async def open_once() -> None:
    """Imports what is not imported before it is needed."""
    async with resources.opened():
        pass


def main() -> int:
    """Never ends while its child is killed: there is always a next one, which need not import anything any more."""
    point, diary = Path(os.environ["KILL_POINT"]), Path(os.environ["KILL_DIARY"])
    server = ServerSettings.read()
    logs.configure(server.log_level)
    asyncio.run(open_once())
    while True:
        pid = os.fork()
        if pid == 0:
            asyncio.run(serve(Killable(app, point, diary), server))
            os._exit(1)
        note(diary, pid=pid)
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        note(diary, pid=pid, ended=code)
        if code != -signal.SIGKILL:
            return 1


if __name__ == "__main__":
    raise SystemExit(main())
