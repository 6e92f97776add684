"""The payment provider's HTTP API."""

from collections.abc import AsyncIterator
from typing import Literal

import httpx
from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from gateways.http import HttpClient, raise_if_busy
from resources import resource
from settings import Section


class PaymentSettings(Section):
    """`PAYMENT_*` in the environment."""

    model_config = SettingsConfigDict(env_prefix="PAYMENT_")
    required_in_production = ("webhook_secret", "url", "callback_url")

    url: str = Field("http://127.0.0.1:9090", description="Base URL of the provider's API.")
    callback_url: str = Field(
        "http://127.0.0.1:8080/Webhooks/payment", description="Where the provider reports: Restate's ingress."
    )
    webhook_secret: SecretStr = Field(
        SecretStr("whsec_development"), description="Key of the signatures on the provider's callbacks."
    )


class Declined(Exception):
    """The card was declined, for good."""

    def __init__(self, decline_code: str) -> None:
        super().__init__(f"card declined: {decline_code}")
        self.decline_code = decline_code


class PendingCharge(BaseModel):
    """The provider took the order; whether the money comes is reported to the webhook."""

    id: str
    status: Literal["pending"]


class RefundResult(BaseModel):
    """`nothing_to_refund` also blocks a charge with this key that arrives later."""

    id: str
    status: Literal["refunded", "nothing_to_refund"]


class PaymentProvider:
    """Charges and refunds by idempotency key: repeating a call repeats the answer, not the effect."""

    def __init__(self, http: httpx.AsyncClient, callback_url: str) -> None:
        self._http = http
        self._callback_url = callback_url

    async def charge(self, *, key: str, order_id: str, amount: int, currency: str, card_token: str) -> PendingCharge:
        """Charges `amount` (minor units, such as cents).

        Raises:
            Declined: the provider says no; asking again does not help.
            Busy: the provider is busy and says until when.
            httpx.HTTPError: no answer, or one that is not understood. The charge may have happened.
        """
        body = {
            "order_id": order_id,
            "amount": amount,
            "currency": currency,
            "card_token": card_token,
            "callback_url": self._callback_url,
        }
        response = await self._http.post("/charges", json=body, headers={"Idempotency-Key": key})
        raise_if_busy(response)
        if response.status_code == 402:
            raise Declined(response.json()["decline_code"])
        if response.status_code == 409:
            raise Declined("already_refunded")
        return PendingCharge.model_validate_json(response.raise_for_status().content)

    async def refund(self, *, key: str, order_id: str) -> RefundResult:
        """Gives the money of the charge with this key back; a no-op if there was none (do-V-3).

        Raises:
            Busy: the provider is busy and says until when.
            httpx.HTTPError: no answer, or one that is not understood.
        """
        response = await self._http.post("/refunds", json={"order_id": order_id}, headers={"Idempotency-Key": key})
        raise_if_busy(response)
        return RefundResult.model_validate_json(response.raise_for_status().content)


@resource
async def payments() -> AsyncIterator[PaymentProvider]:
    settings = PaymentSettings.read()
    async with HttpClient(settings.url) as http:
        yield PaymentProvider(http, settings.callback_url)
