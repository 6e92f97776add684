"""The mail service's HTTP API."""

from collections.abc import AsyncIterator

import httpx
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from gateways.http import HttpClient, raise_if_busy
from resources import resource
from settings import Section


class MailSettings(Section):
    """`MAIL_*` in the environment."""

    model_config = SettingsConfigDict(env_prefix="MAIL_")
    required_in_production = ("url",)

    url: str = Field("http://127.0.0.1:9090", description="Base URL of the mail service's API.")


class Mail:
    """Sends messages, once per idempotency key."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def send(self, *, key: str, order_id: str, to: str, subject: str, text: str) -> None:
        """Sends one message.

        Raises:
            Busy: the service is busy and says until when.
            httpx.HTTPError: no answer, or one that is not understood. The message may be out.
        """
        body = {"order_id": order_id, "to": to, "subject": subject, "text": text}
        response = await self._http.post("/messages", json=body, headers={"Idempotency-Key": key})
        raise_if_busy(response)
        response.raise_for_status()


@resource
async def mail() -> AsyncIterator[Mail]:
    async with HttpClient(MailSettings.read().url) as http:
        yield Mail(http)
