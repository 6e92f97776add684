"""Calls into Restate from outside a handler; inside one, use the context (do-I-1).

The SDK's client has no attach, output or awakeables, does not quote keys, refuses delays and gives up after five
seconds. Every method here raises `InvocationFailed` when the answer is an error.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, TypeVar, cast
from urllib.parse import quote

import httpx
from pydantic import BaseModel, TypeAdapter
from restate.context import HandlerType
from restate.handler import handler_from_callable
from restate.serde import Serde

In = TypeVar("In")
Out = TypeVar("Out")

_ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)


class InvocationFailed(Exception):
    """The handler, or the ingress on its behalf, answered with an error. `status` is the HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status
        self.message = message


class Sent(BaseModel):
    """An invocation that was accepted; `PreviouslyAccepted` says that it already had been."""

    invocation_id: str
    status: Literal["Accepted", "PreviouslyAccepted"]


@dataclass(frozen=True)
class Client:
    """Talks to the ingress, and for `cancel` to the admin API.

    `http` decides on timeouts: a call waits as long as its handler takes, so give it a read timeout that fits.
    """

    http: httpx.AsyncClient
    ingress_url: str = "http://127.0.0.1:8080"
    admin_url: str = "http://127.0.0.1:9070"

    async def call(
        self,
        handler: HandlerType[In, Out],
        arg: In | None = None,
        *,
        key: str | None = None,
        idempotency_key: str | None = None,
    ) -> Out:
        """Calls a handler and waits for its result; `key` for objects and workflows (do-III-3 for the other key)."""
        response = await self._post(handler, arg, key, idempotency_key)
        return cast(Out, _output_serde(handler).deserialize(response.content))

    async def send(
        self,
        handler: HandlerType[In, Out],
        arg: In | None = None,
        *,
        key: str | None = None,
        delay: timedelta | None = None,
        idempotency_key: str | None = None,
    ) -> Sent:
        """Hands a message over and returns at once; the handler runs after `delay`."""
        query = {"delay": f"{int(delay.total_seconds() * 1000)}ms"} if delay else {}
        response = await self._post(handler, arg, key, idempotency_key, "/send", query)
        answer = response.json()
        return Sent(invocation_id=answer["invocationId"], status=answer["status"])

    async def attach(self, invocation_id: str, handler: HandlerType[Any, Out]) -> Out:
        """Waits for an invocation that somebody else started (do-III-4)."""
        response = _checked(await self.http.get(f"{self.ingress_url}/restate/invocation/{quote(invocation_id)}/attach"))
        return cast(Out, _output_serde(handler).deserialize(response.content))

    async def attach_workflow(self, main: HandlerType[Any, Out], workflow_id: str) -> Out:
        """Waits for the result of a workflow by its id; calling `main` again would be refused with 409.

        A server that has just started may answer 404 for a moment, even if it has accepted the workflow: ask again.
        """
        response = _checked(await self.http.get(f"{self._workflow(main, workflow_id)}/attach"))
        return cast(Out, _output_serde(main).deserialize(response.content))

    async def output(self, invocation_id: str, handler: HandlerType[Any, Out]) -> Out | None:
        """The result of an invocation, or None while it has none."""
        response = await self.http.get(f"{self.ingress_url}/restate/invocation/{quote(invocation_id)}/output")
        if response.status_code == 470:  # Restate's "not ready"
            return None
        return cast(Out, _output_serde(handler).deserialize(_checked(response).content))

    async def resolve_awakeable(self, awakeable_id: str, value: object) -> None:
        """Completes an awakeable. The ingress accepts any id: keep this behind code that knows which are yours."""
        url = f"{self.ingress_url}/restate/awakeables/{quote(awakeable_id)}/resolve"
        content = _ANYTHING.dump_json(value, by_alias=True)
        _checked(await self.http.post(url, content=content, headers={"content-type": "application/json"}))

    async def reject_awakeable(self, awakeable_id: str, reason: str) -> None:
        """Fails an awakeable: whoever awaits it gets a terminal error with this reason."""
        url = f"{self.ingress_url}/restate/awakeables/{quote(awakeable_id)}/reject"
        _checked(await self.http.post(url, content=reason, headers={"content-type": "text/plain"}))

    async def cancel(self, invocation_id: str) -> None:
        """Asks an invocation to stop and compensate. Returns before it has (dont-IV-2: cancel, do not kill)."""
        _checked(await self.http.patch(f"{self.admin_url}/invocations/{quote(invocation_id)}/cancel"))

    async def _post(
        self,
        handler: HandlerType[In, Out],
        arg: In | None,
        key: str | None,
        idempotency_key: str | None,
        suffix: str = "",
        query: dict[str, str] | None = None,
    ) -> httpx.Response:
        target = handler_from_callable(handler)
        keyed = f"/{quote(key, safe='')}" if key is not None else ""
        headers = {"idempotency-key": idempotency_key} if idempotency_key else {}
        content = b""
        if target.arity == 2:
            serde: Serde[Any] = target.handler_io.input_serde
            content = serde.serialize(arg)
            headers["content-type"] = target.handler_io.accept.replace("*/*", "application/octet-stream")
        url = f"{self.ingress_url}/{target.service_tag.name}{keyed}/{target.name}{suffix}"
        return _checked(await self.http.post(url, content=content, headers=headers, params=query))

    def _workflow(self, main: HandlerType[Any, Any], workflow_id: str) -> str:
        name = handler_from_callable(main).service_tag.name
        return f"{self.ingress_url}/restate/workflow/{name}/{quote(workflow_id, safe='')}"


def _output_serde(handler: HandlerType[Any, Out]) -> Serde[Out]:
    return handler_from_callable(handler).handler_io.output_serde


def _checked(response: httpx.Response) -> httpx.Response:
    if response.is_error:
        try:
            message = response.json()["message"]
        except (ValueError, KeyError, TypeError):
            message = response.text
        raise InvocationFailed(response.status_code, message)
    return response
