import uuid

import httpx


def reserve_hotel(key: str) -> str:
    return httpx.post("https://hotel.example", headers={"Idempotency-Key": key}).text  # OK: only in steps


def cancel_hotel(key: str) -> str:
    return httpx.delete(f"https://hotel.example/{key}").text  # OK: only in steps


def reserve_flight(key: str) -> str:
    return httpx.post("https://air.example", json={"request": str(uuid.uuid4())}).text  # OK: only in steps


def cancel_flight(key: str) -> str:
    return httpx.delete(f"https://air.example/{key}").text  # OK: only in steps, also as a compensation


class Bank:
    def pay(self, key: str) -> str:
        return httpx.post("https://bank.example", headers={"Idempotency-Key": key}).text  # OK: only in steps

    def store(self, token: str, secret: str, nonce: str) -> str:
        return httpx.post("https://bank.example", json={"token": token}).text  # OK: only in steps
