"""The carrier's HTTP API."""

from collections.abc import AsyncIterator

import httpx
from pydantic import BaseModel, Field
from pydantic_settings import SettingsConfigDict

from gateways.http import HttpClient, raise_if_busy
from resources import resource
from settings import Section


class CarrierSettings(Section):
    """`CARRIER_*` in the environment."""

    model_config = SettingsConfigDict(env_prefix="CARRIER_")
    required_in_production = ("url",)

    url: str = Field("http://127.0.0.1:9090", description="Base URL of the carrier's API.")


class Shipment(BaseModel):
    """What the carrier calls the parcel."""

    tracking: str


class Carrier:
    """Takes parcels, once per idempotency key."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def ship(self, *, key: str, order_id: str, lines: list[dict[str, str | int]]) -> Shipment:
        """Hands `lines` (of `sku` and `quantity`) over.

        Raises:
            Busy: the carrier is busy and says until when.
            httpx.HTTPError: no answer, or one that is not understood. The parcel may be on its way.
        """
        body = {"order_id": order_id, "lines": lines}
        response = await self._http.post("/shipments", json=body, headers={"Idempotency-Key": key})
        raise_if_busy(response)
        return Shipment.model_validate_json(response.raise_for_status().content)


@resource
async def carrier() -> AsyncIterator[Carrier]:
    async with HttpClient(CarrierSettings.read().url) as http:
        yield Carrier(http)
