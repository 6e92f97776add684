"""The sandbox as a child process, and what may be asked of it."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx

from dev.ports import free_port
from dev.process import Process

SECRET = "whsec_development"


@dataclass(frozen=True)
class Entry:
    """A line of the ledger: how often something was asked for under one key, and how often it happened."""

    kind: str
    key: str
    order_id: str | None
    amount: int | None
    effects: int
    requests: int


class Sandbox:
    """Starts the sandbox and waits until it is healthy; stops it at the end of the `with` block."""

    def __init__(self, directory: Path, *, port: int | None = None) -> None:
        self._directory = directory
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._http = httpx.Client(base_url=self.url, timeout=10.0, trust_env=False)
        self._process = self._launch()

    def _launch(self) -> Process:
        options = ["--port", str(self.port), "--webhook-secret", SECRET]
        options += ["--ledger", str(self._directory / "ledger.db")]
        command = [sys.executable, "-m", "dev.provider", *options]
        return Process("sandbox", command, log=self._directory / "sandbox.log").once_healthy(f"{self.url}/health")

    def app_environment(self, ingress_url: str) -> dict[str, str]:
        """Settings that make the app use this sandbox, and the sandbox report to that ingress."""
        return {
            **{f"{name}_URL": self.url for name in ("PAYMENT", "MAIL", "CARRIER")},
            "PAYMENT_CALLBACK_URL": f"{ingress_url}/Webhooks/payment",
            "PAYMENT_WEBHOOK_SECRET": SECRET,
        }

    def set_fault(self, order_id: str, **fault: Any) -> None:
        """Makes it misbehave for one order, or for all ("*"); switches as in `dev.provider.faults.Fault`."""
        self._http.put(f"/faults/{order_id}", json=fault).raise_for_status()

    def clear_fault(self, order_id: str) -> None:
        self._http.delete(f"/faults/{order_id}").raise_for_status()

    def entries(self, order_id: str | None = None) -> list[Entry]:
        """The ledger, of one order or whole, in the order of the first requests."""
        query = {} if order_id is None else {"order_id": order_id}
        answer = self._http.get("/ledger", params=query).raise_for_status()
        return [Entry(**entry) for entry in answer.json()["entries"]]

    def callbacks_due(self) -> int:
        """How many events the shop will still be told of."""
        return int(self._http.get("/ledger").raise_for_status().json()["callbacks_due"])

    def kill(self) -> None:
        """SIGKILL. The ledger, faults and callbacks that are due stay."""
        self._process.kill()

    def restart(self) -> None:
        """Starts it again with the same ledger and URL, after killing it if it still runs."""
        self.kill()
        self._process = self._launch()

    def stop(self, timeout: float = 0.5) -> None:
        self._http.close()
        self._process.terminate(timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()
