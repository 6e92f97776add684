"""A collector of traces: takes what is exported over OTLP, and keeps it."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import uvicorn
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dev.ports import free_port
from dev.process import wait_until


class Span(NamedTuple):
    """A span as it arrived. Ids are hexadecimal, `parent` may be empty; `failed` is the message of an error."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    failed: str | None
    attributes: dict[str, str]


class Collector:
    """What arrived so far at `endpoint`, and the headers it came with."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.spans: list[Span] = []
        self.headers: list[dict[str, str]] = []

    def trace(self, trace: str) -> list[Span]:
        return [span for span in self.spans if span.trace == trace]

    def take(self, request: ExportTraceServiceRequest) -> None:
        """Keeps what is in a request."""
        for of_resource in request.resource_spans:
            service = _texts(of_resource.resource.attributes).get("service.name", "")
            for of_scope in of_resource.scope_spans:
                for span in of_scope.spans:
                    failed = span.status.message if span.status.code == span.status.STATUS_CODE_ERROR else None
                    ids = (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex())
                    self.spans.append(Span(service, span.name, *ids, failed, _texts(span.attributes)))


@contextmanager
def collector() -> Iterator[Collector]:
    """One that listens until the end of the `with` block."""
    port = free_port()
    kept = Collector(f"http://127.0.0.1:{port}")

    async def take(request: Request) -> Response:
        body = await request.body()
        if request.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        kept.headers.append(dict(request.headers))
        kept.take(ExportTraceServiceRequest.FromString(body))
        return Response()

    app = Starlette(routes=[Route("/v1/traces", take, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started, "the collector listens")
        yield kept
    finally:
        server.should_exit = True
        thread.join()


def _texts(attributes: Any) -> dict[str, str]:
    return {each.key: each.value.string_value for each in attributes}
