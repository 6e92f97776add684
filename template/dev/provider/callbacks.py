"""Callbacks to the shop: signed, repeated while nobody answers, and kept until then."""

import asyncio
import hashlib
import hmac
import json
import logging
import sqlite3
import time
import uuid
from typing import Any

import httpx

log = logging.getLogger(__name__)

ATTEMPTS = 60
RETRY_SECONDS = 1.0
ANSWER_SECONDS = 10.0
SENDERS = 50
"""Callbacks on their way at once; what waits for a connection in httpx instead is looked at whenever one is free."""


class Callbacks:
    """Each is a row until it is delivered, so a sandbox that was killed goes on after its restart."""

    def __init__(self, connection: sqlite3.Connection, secret: str) -> None:
        self._db = connection
        self._secret = secret
        self._http = httpx.AsyncClient(timeout=ANSWER_SECONDS, trust_env=False)
        self._senders = asyncio.Semaphore(SENDERS)
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, url: str, kind: str, data: dict[str, Any], *, delay: float, deliveries: int) -> None:
        """Sends an event so many times, the first after `delay` seconds. Callers bring the transaction."""
        event_id = f"evt_{uuid.uuid4().hex}"
        event = {"id": event_id, "type": kind, "created": int(time.time()), "data": data}
        self._db.execute(
            "insert into callbacks (event_id, url, body, due_at, deliveries) values (?, ?, ?, ?, ?)",
            (event_id, url, json.dumps(event), time.time() + delay, deliveries),
        )
        self._start(event_id)

    def due(self) -> int:
        """How many events have not been delivered yet, or not as often as they will be."""
        row = self._db.execute("select count(*) as due from callbacks where deliveries > 0").fetchone()
        return int(row["due"])

    def resume(self) -> None:
        """Takes up what an earlier process left."""
        for row in self._db.execute("select event_id from callbacks where deliveries > 0").fetchall():
            self._start(row["event_id"])

    def _start(self, event_id: str) -> None:
        task = asyncio.create_task(self._send(event_id))  # begins after the transaction, which awaits nothing
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self._http.aclose()

    async def _send(self, event_id: str) -> None:
        callback = self._db.execute("select * from callbacks where event_id = ?", (event_id,)).fetchone()
        await asyncio.sleep(max(0.0, callback["due_at"] - time.time()))
        attempts, deliveries = callback["attempts"], callback["deliveries"]
        while deliveries > 0:
            attempts += 1
            async with self._senders:
                delivered = await self._delivered(callback["url"], callback["body"].encode())
            if delivered:
                deliveries -= 1
            elif attempts >= ATTEMPTS:
                log.error("callback %s given up after %d attempts: %s", event_id, attempts, callback["url"])
                deliveries = 0
            else:
                await asyncio.sleep(min(RETRY_SECONDS, 0.05 * 2**attempts))
            with self._db:
                self._db.execute(
                    "update callbacks set attempts = ?, deliveries = ? where event_id = ?",
                    (attempts, deliveries, event_id),
                )

    async def _delivered(self, url: str, body: bytes) -> bool:
        """An answer below 500 is final, whatever it says."""
        timestamp = int(time.time())
        signature = hmac.new(self._secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {
            "content-type": "application/json",
            "webhook-timestamp": str(timestamp),
            "webhook-signature": f"v1={signature}",
        }
        try:
            response = await self._http.post(url, content=body, headers=headers)
        except httpx.TransportError as error:
            log.info("callback to %s: %r", url, error)
            return False
        if response.status_code >= 400:
            log.warning("callback to %s answered %d: %s", url, response.status_code, response.text)
        return response.status_code < 500
