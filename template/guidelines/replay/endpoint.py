"""The project's app, called as a server calls it, without running a step."""

import asyncio
import contextlib
import runpy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from restate.endpoint import Endpoint
from restate.server_context import ServerInvocationContext

from guidelines.replay.journal import PROTOCOL

TIMEOUT_SECONDS = 10.0


class AppError(Exception):
    """The app cannot be called. The message says why."""


@dataclass(frozen=True)
class Answer:
    """What the app said to one attempt; `stopped_at_step` if it came to a step, which was not run."""

    status: int
    body: bytes
    stopped_at_step: bool = False
    timed_out: bool = False


def load(root: Path) -> Any:
    """The `app` of a project's `app.py`, as it is served, but for identity keys: nobody signs these requests.

    It is made anew even if it has been imported, since one that was made with keys refuses.

    Raises:
        AppError: there is none, or it does not import.
    """
    path = root / "app.py"
    if not path.is_file():
        raise AppError(f"there is no app.py in {root.resolve()}: run this in the project's folder")
    try:
        with patch.object(Endpoint, "identity_key", _without_key):
            found = runpy.run_path(str(path), run_name="app")
        return found["app"]
    except KeyError:
        raise AppError(f"{path} makes no 'app'") from None
    except Exception as error:
        raise AppError(f"{path} does not import: {type(error).__name__}: {error}") from error


async def call(app: Any, service: str, handler: str, body: bytes) -> Answer:
    """One attempt, from the first line of the handler until it waits, ends, fails, or comes to a step."""
    status, said = 0, bytearray()
    requests = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0)
        return next(requests, {"type": "http.disconnect"})

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)
        said.extend(message.get("body", b""))

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": f"/invoke/{service}/{handler}",
        "headers": [(b"content-type", f"application/vnd.restate.invocation.v{PROTOCOL}".encode())],
    }
    with _without_steps() as stopped:
        timed_out = False
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                await app(scope, receive, send)
        except TimeoutError:
            timed_out = True
        except Exception:  # noqa: S110  the SDK lets it through after it has said so in the answer
            pass
    return Answer(status, bytes(said), bool(stopped), timed_out)


@contextlib.contextmanager
def _without_steps() -> Iterator[list[int]]:
    """No action of a step runs meanwhile; yields the handles of those that would have."""
    stopped: list[int] = []

    async def not_run(self: ServerInvocationContext, handle: int, *_: object, **__: object) -> None:
        stopped.append(handle)

    with patch.object(ServerInvocationContext, "create_run_coroutine", not_run):
        yield stopped


def _without_key(self: Endpoint, key: str) -> Endpoint:
    return self
