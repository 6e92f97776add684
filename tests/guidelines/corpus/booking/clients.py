import os
import secrets
import tempfile

import httpx


class Base:
    def __init__(self, url: str) -> None:
        self.url = url

    def _post(self, path: str) -> str:
        return httpx.post(f"{self.url}/{path}").text  # BAD: do-I-3

    async def audit(self, ref: str) -> None:
        raise NotImplementedError


class Airline(Base):
    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.http = httpx.AsyncClient(base_url=url)  # MAY: do-I-3

    async def book(self, ref: str) -> str:
        return (await self.http.post("/bookings", json={"ref": ref})).text  # OK: only in a step through a partial

    async def cancel(self, ref: str) -> str:
        return (await self.http.delete(f"/bookings/{ref}")).text  # OK: only in a step

    async def confirm(self, ref: str) -> str:
        self._post("log")
        return (await self.http.post(f"/bookings/{ref}/confirm")).text  # BAD: do-I-3


class CarRental:
    def rent(self, ref: str) -> str:
        return httpx.post("https://cars.example", json={"ref": ref}).text  # OK: only in a step

    def remember(self, ref: str) -> None:
        with open("/tmp/cars.log", "a") as log:  # BAD: do-I-3
            log.write(ref)  # MAY: do-I-3


class HotelClient:
    @staticmethod
    def static_insure(ref: str) -> str:
        return httpx.post("https://insure.example", json={"ref": ref}).text  # OK: only in a step


def new_session_id() -> str:
    return secrets.token_hex(8)  # BAD: do-VI-1


def cache_dir() -> str:
    return tempfile.mkdtemp(dir=os.environ["HOME"])  # OK: dead code
