from collections.abc import Iterator

from guidelines.config_files.deployment import Deployment, Server, at, size
from guidelines.finding import Finding, Severity
from guidelines.rule import Rule

SHARE = 0.75

POOLS = {
    ("admin", "query-engine", "memory-size"): "1 GiB",
    ("worker", "invoker", "memory-limit"): "1.5 GiB",
    ("worker", "data-service-memory-limit"): "256 MiB",
    ("bifrost", "record-cache-memory-size"): "250 MiB",
}
"""What takes memory besides RocksDB, and how much if nothing is said."""

ROCKSDB = "2 GiB"
"""Likewise."""


def check(deployment: Deployment) -> Iterator[Finding]:
    for server in deployment.servers:
        for message in _problems(server):
            yield RULE.finding(server.path, server.line, message)


def _problems(server: Server) -> Iterator[str]:
    rocksdb = size(server.settings.get("rocksdb-total-memory-size", ROCKSDB))
    pools = [size(at(server.settings, *key) or default) for key, default in POOLS.items()]
    if rocksdb is None or None in pools:
        return  # a variable: nobody knows before it runs
    if server.requested and rocksdb > SHARE * server.requested:
        share = f"{rocksdb / server.requested:.0%}"
        yield f"{server.name} gives RocksDB {share} of the memory that it asks for, more than {SHARE:.0%}"
    together = rocksdb + sum(pool for pool in pools if pool)
    if server.limit and together > server.limit:
        yield f"the memory pools of {server.name} are {together / server.limit:.0%} of its limit"


_GOOD = """\
services:
  restate:
    image: restatedev/restate:${RESTATE_VERSION}
    environment:
      RESTATE_ROCKSDB_TOTAL_MEMORY_SIZE: 3GiB
    mem_reservation: 4g
    mem_limit: 8g
"""

RULE = Rule(
    name="memory-pools",
    guidelines=("do-VII-9",),
    severity=Severity.ERROR,
    checker="config",
    file="deploy/compose.yaml",
    purpose="A Restate server whose memory pools do not fit.",
    why=(
        "RocksDB is the largest pool, not the only one: query engine, invoker, record cache and data service have "
        "theirs. Together above the limit, the kernel ends the server under load."
    ),
    remedy="Give RocksDB three quarters of the memory request, and set the limit above the sum of all pools.",
    bad=_GOOD.replace("3GiB", "7GiB"),
    good=_GOOD,
    check=check,
)
