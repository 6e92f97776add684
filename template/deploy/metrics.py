"""What deployments still run, as metrics for Prometheus: the server has none per deployment, nor of paused work."""

from collections.abc import Callable, Iterator, Sequence
from threading import Thread

import prometheus_client
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from deploy.admin import Admin
from deploy.errors import BadInput
from deploy.status import Status, Work, status

LABELS = ("deployment", "version", "state")
"""`state` as in `DeploymentStatus`; or `deleted`, of zombies; or `waiting`, of what has not been tried yet."""


class StatusCollector(Collector):
    """Asks the server at each scrape, in as few requests as `status` does."""

    def __init__(self, admin: Admin) -> None:
        self._admin = admin

    def describe(self) -> list[Metric]:
        """Nothing, so that no scrape is needed to register it."""
        return []

    def collect(self) -> Iterator[Metric]:
        rows = list(_rows(status(self._admin)))
        yield _gauge("deploy_invocations", "Invocations that have not completed.", rows, lambda work: work.invocations)
        yield _gauge("deploy_paused_invocations", "Paused: they wait for a person.", rows, lambda work: work.paused)
        yield _gauge("deploy_stuck_invocations", "Backing off for long.", rows, lambda work: work.stuck)
        yield _gauge(
            "deploy_oldest_invocation_timestamp_seconds",
            "When the oldest that has not completed was created; not there if there is none.",
            rows,
            lambda work: work.oldest.timestamp() if work.oldest else None,
        )


Row = tuple[list[str], Work]
"""The values of `LABELS`, and what they are about."""


def _rows(now: Status) -> Iterator[Row]:
    for each in now.deployments:
        yield [each.id, each.metadata.get("version", ""), each.state], each.work
    for zombies in now.zombies:
        yield [zombies.deployment_id, "", "deleted"], zombies.work
    yield ["", "", "waiting"], now.waiting


def _gauge(name: str, what: str, rows: Sequence[Row], number: Callable[[Work], float | None]) -> Metric:
    gauge = GaugeMetricFamily(name, what, labels=LABELS)
    for labels, work in rows:
        value = number(work)
        if value is not None:
            gauge.add_metric(labels, value)
    return gauge


def registry(admin: Admin) -> CollectorRegistry:
    """Of a server's deployments alone: nothing about this process."""
    registry = CollectorRegistry()
    registry.register(StatusCollector(admin))
    return registry


def text(admin: Admin) -> str:
    """One scrape, in Prometheus' text format."""
    return prometheus_client.generate_latest(registry(admin)).decode()


def serve(admin: Admin, address: str) -> Thread:
    """Answers scrapes at HOST:PORT in a thread, which it returns.

    Raises:
        BadInput: this is no address, or somebody else has it.
    """
    host, colon, port = address.rpartition(":")
    if not (host and colon and port.isdecimal()):
        raise BadInput(f"'{address}' is no address to listen on: say HOST:PORT, such as 127.0.0.1:9464")
    try:
        _, thread = prometheus_client.start_http_server(int(port), host, registry(admin))
    except (OSError, OverflowError) as error:
        raise BadInput(f"cannot listen on {address}: {error}") from None
    return thread
