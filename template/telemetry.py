"""Traces over OTLP: from the caller, through Restate, to each step and what it calls.

Restate's server reports the request, the invocation and each attempt (`RESTATE_TRACING_ENDPOINT`). Here each attempt
that reaches this process adds a span below the server's, each step that really runs one below that, and each call
that a step makes over httpx another, with the header that lets the other side go on with the trace.

Not by the SDK's `RestateTracer`: it puts all spans side by side, and has none for an attempt that replays.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

from opentelemetry import propagate
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer
from opentelemetry.util.re import parse_env_headers
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict
from restate import TerminalError
from restate.exceptions import SdkInternalBaseException
from restate.extensions import current_context
from restate.server_context import DisconnectedException, ServerInvocationContext

from durable.hooks import around_attempts, around_steps
from resources import resource
from settings import Section

EXPORT_SECONDS = 2.0
"""Longest wait for the collector; it must not hold up the end of the process."""


class TelemetrySettings(Section):
    """`OTEL_*` in the environment, as OpenTelemetry names them; its SDK knows more, such as `OTEL_TRACES_SAMPLER`."""

    model_config = SettingsConfigDict(env_prefix="OTEL_")
    required_in_production = ("exporter_otlp_endpoint",)

    exporter_otlp_endpoint: str = Field(
        "", description="Collector of traces (OTLP over HTTP), such as http://127.0.0.1:4318; none are made without it."
    )
    exporter_otlp_headers: SecretStr = Field(
        SecretStr(""), description="What it wants to be sent along, such as a token: NAME=VALUE, comma separated."
    )
    service_name: str = Field("restate-service", description="What this service is called in traces.")


class Tracing:
    """Makes the spans of attempts and steps."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    @contextlib.asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """A span for this attempt, below the server's own."""
        context = cast(ServerInvocationContext, current_context())
        request = context.request()
        target = f"{context.handler.service_tag.name}/{context.handler.name}"
        with self._span(
            target,
            # where the server does not trace, the caller's own header is what there is
            context=propagate.extract({**request.headers, **request.attempt_headers}),
            kind=SpanKind.SERVER,
            attributes={"restate.invocation.id": request.id, "restate.invocation.target": target},
        ):
            yield

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """A span for a step that runs, below that of its attempt."""
        with self._span(name):
            yield

    @contextlib.contextmanager
    def _span(self, name: str, **options: Any) -> Iterator[None]:
        options |= {"record_exception": False, "set_status_on_exception": False}
        with self._tracer.start_as_current_span(name, **options) as span, _failure_told(span):
            yield


@contextlib.contextmanager
def _failure_told(span: Span) -> Iterator[None]:
    """An attempt that is suspended or disconnected goes on elsewhere, and has not failed."""
    try:
        yield
    except (SdkInternalBaseException, DisconnectedException, asyncio.CancelledError):
        raise
    except TerminalError as error:
        span.set_status(Status(StatusCode.ERROR, f"{error.status_code} {error.message}"))
        raise
    except Exception as error:
        span.record_exception(error)
        span.set_status(Status(StatusCode.ERROR, type(error).__name__))
        raise


@resource
async def tracing() -> AsyncIterator[TracerProvider | None]:
    settings = TelemetrySettings.read()
    if not settings.exporter_otlp_endpoint:
        yield None
        return
    provider = _provider(settings)
    tracer = Tracing(provider.get_tracer("restate"))
    instrumentor = HTTPXClientInstrumentor()
    instrumentor.instrument(tracer_provider=provider)
    try:
        with around_attempts(tracer.attempt), around_steps(tracer.step):
            yield provider
    finally:
        instrumentor.uninstrument()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(EXPORT_SECONDS):
                await asyncio.to_thread(provider.shutdown)


def _provider(settings: TelemetrySettings) -> TracerProvider:
    exporter = OTLPSpanExporter(
        endpoint=f"{settings.exporter_otlp_endpoint.rstrip('/')}/v1/traces",
        headers=parse_env_headers(settings.exporter_otlp_headers.get_secret_value(), liberal=True),
        timeout=EXPORT_SECONDS,
    )
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: settings.service_name}), shutdown_on_exit=False)
    # Lambda freezes a process between requests, and threads with it
    on_lambda = "AWS_LAMBDA_FUNCTION_NAME" in os.environ
    provider.add_span_processor(SimpleSpanProcessor(exporter) if on_lambda else BatchSpanProcessor(exporter))
    return provider
