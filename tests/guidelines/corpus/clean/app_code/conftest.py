"""Test fixtures of the clean project."""
import asyncio
import contextlib
import socket
import subprocess
import time
import uuid
from collections.abc import AsyncIterator

import httpx
import restate


def free_port() -> int:
    with socket.socket() as sock:  # OK: a test
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@contextlib.contextmanager
def server():
    process = subprocess.Popen(["restate-server"])  # OK: a test
    deadline = time.monotonic() + 10  # OK: a test
    while time.monotonic() < deadline:  # OK: a test
        try:
            httpx.get("http://localhost:9070/health").raise_for_status()  # OK: a test
            break
        except Exception:  # OK: a test
            time.sleep(0.1)  # OK: a test
    try:
        yield process
    finally:
        process.kill()  # OK: a test


async def client() -> AsyncIterator[restate.RestateClient]:
    async with restate.create_client("http://localhost:8080", headers={"x": str(uuid.uuid4())}) as client:  # OK: a test
        yield client


async def settle(seconds: float = 0.1) -> None:
    await asyncio.sleep(seconds)  # OK: a test


async def call_many(client: restate.RestateClient, handler, requests) -> list:
    async with asyncio.TaskGroup() as group:  # OK: a test
        tasks = [group.create_task(client.service_call(handler, r)) for r in set(requests)]  # OK: a test
    return [task.result() for task in tasks]
