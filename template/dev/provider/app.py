"""The sandbox's HTTP API. Repeating a request with its idempotency key repeats the answer, not the effect."""

import asyncio
import hashlib
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from dev.provider.callbacks import Callbacks
from dev.provider.faults import Fault, Faults
from dev.provider.ledger import Kind, Ledger
from dev.provider.models import Charge, Message, Refund, Shipment

CALLBACK_SECONDS = 0.05
DUPLICATES = 3
REASON = "insufficient_funds"

Asked = TypeVar("Asked", bound=BaseModel)


class LostReply(Response):
    """Announces a body and never sends it: the connection breaks."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"1")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


class Sandbox:
    """Every mutating request is one transaction, so a `kill -9` leaves all of it or nothing."""

    def __init__(self, connection: sqlite3.Connection, webhook_secret: str) -> None:
        self.db = connection
        self.ledger = Ledger(connection)
        self.faults = Faults(connection)
        self.callbacks = Callbacks(connection, webhook_secret)

    async def charges(self, request: Request) -> Response:
        return await self._handle(request, "charge", Charge, self._charge)

    async def refunds(self, request: Request) -> Response:
        return await self._handle(request, "refund", Refund, self._refund)

    async def shipments(self, request: Request) -> Response:
        return await self._handle(request, "shipment", Shipment, self._ship)

    async def messages(self, request: Request) -> Response:
        return await self._handle(request, "message", Message, self._send)

    async def _handle(
        self, request: Request, kind: Kind, model: type[Asked], act: Callable[[str, Asked, Fault], Response]
    ) -> Response:
        key = request.headers.get("idempotency-key")
        if not key:
            return problem(400, "the header Idempotency-Key is missing")
        try:
            asked = model.model_validate_json(await request.body())
        except ValidationError as error:
            return problem(400, explain(error))
        body = asked.model_dump(mode="json")
        with self.db:
            if not self.ledger.request(kind, key, body):
                return problem(422, "the idempotency key came with another body before")
            fault = self.faults.take(kind, body.get("order_id"))
            reply = busy(fault) if fault.status else act(key, asked, fault)
        await asyncio.sleep(fault.slow)
        return LostReply() if fault.lose_reply and not fault.status else reply

    def _charge(self, key: str, asked: Charge, fault: Fault) -> Response:
        if self.ledger.is_settled("refund", key):
            return problem(409, "already_refunded")
        if fault.decline:
            return JSONResponse({"error": "card_declined", "decline_code": REASON}, 402)
        if self.ledger.settle("charge", key, effect=fault.callback != "failed"):
            self._report(key, asked, fault)
        return JSONResponse({"id": number("ch", key), "status": "pending"}, 202)

    def _report(self, key: str, asked: Charge, fault: Fault) -> None:
        if fault.callback == "none":
            return
        failed = fault.callback == "failed"
        self.callbacks.add(
            asked.callback_url,
            "payment.failed" if failed else "payment.succeeded",
            {
                "order_id": asked.order_id,
                "charge_id": number("ch", key),
                "key": key,
                "amount": asked.amount,
                "failure_code": REASON if failed else None,
            },
            delay=fault.callback_delay if fault.callback == "late" else CALLBACK_SECONDS,
            deliveries=DUPLICATES if fault.callback == "duplicate" else 1,
        )

    def _refund(self, key: str, asked: Refund, fault: Fault) -> Response:
        # closed either way: a charge that comes after its refund must be refused
        self.ledger.settle("refund", key, effect=self.ledger.has_effect("charge", asked.charge or key))
        status = "refunded" if self.ledger.has_effect("refund", key) else "nothing_to_refund"
        return JSONResponse({"id": number("re", key), "status": status})

    def _ship(self, key: str, asked: Shipment, fault: Fault) -> Response:
        self.ledger.settle("shipment", key)
        return JSONResponse({"tracking": number("trk", key)}, 201)

    def _send(self, key: str, asked: Message, fault: Fault) -> Response:
        self.ledger.settle("message", key)
        return JSONResponse({"id": number("msg", key)}, 202)

    async def put_fault(self, request: Request) -> Response:
        try:
            fault = Fault.model_validate_json(await request.body())
        except ValidationError as error:
            return problem(400, explain(error))
        with self.db:
            self.faults.put(request.path_params["order_id"], fault)
        return JSONResponse(fault.model_dump())

    async def delete_fault(self, request: Request) -> Response:
        with self.db:
            self.faults.delete(request.path_params["order_id"])
        return Response(status_code=204)

    async def entries(self, request: Request) -> Response:
        entries = self.ledger.entries(request.query_params.get("order_id"))
        return JSONResponse({"entries": entries, "callbacks_due": self.callbacks.due()})

    async def health(self, request: Request) -> Response:
        return JSONResponse({"status": "ok"})


def create_app(connection: sqlite3.Connection, webhook_secret: str) -> Starlette:
    """The sandbox as an ASGI app; starts with the callbacks that an earlier process still owes."""
    sandbox = Sandbox(connection, webhook_secret)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        sandbox.callbacks.resume()
        yield
        await sandbox.callbacks.close()

    routes = [
        Route("/charges", sandbox.charges, methods=["POST"]),
        Route("/refunds", sandbox.refunds, methods=["POST"]),
        Route("/shipments", sandbox.shipments, methods=["POST"]),
        Route("/messages", sandbox.messages, methods=["POST"]),
        Route("/faults/{order_id:path}", sandbox.put_fault, methods=["PUT"]),
        Route("/faults/{order_id:path}", sandbox.delete_fault, methods=["DELETE"]),
        Route("/ledger", sandbox.entries),
        Route("/health", sandbox.health),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def number(prefix: str, key: str) -> str:
    """The same for the same key, so that a repeated request gets the same answer."""
    return f"{prefix}_{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def busy(fault: Fault) -> Response:
    headers = {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
    return JSONResponse({"error": "busy"}, fault.status or 503, headers)


def problem(status: int, error: str) -> Response:
    return JSONResponse({"error": error}, status)


def explain(error: ValidationError) -> str:
    """One line that names each field."""
    details = error.errors(include_url=False)
    return "; ".join(f"{'.'.join(map(str, detail['loc'])) or 'body'}: {detail['msg']}" for detail in details)
