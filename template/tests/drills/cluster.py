"""Three nodes of one cluster as processes on this machine. Each record is on two of them, so any one may be lost."""

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from dev.ports import free_port
from dev.process import Process
from dev.project import pinned_server_version
from dev.restate_server import binary
from dev.restate_server.server import SMALL, ProcessServer

NODES = 3
PARTITIONS = 2


class Node(ProcessServer):
    """One of them. Its name, its id and its address are its own for life (dont-III-8)."""

    kind = "node"

    def __init__(
        self, number: int, port: int, peers: Sequence[int], directory: Path, settings: Mapping[str, str]
    ) -> None:
        ingress, admin = free_port(), free_port()
        super().__init__(f"http://127.0.0.1:{ingress}", f"http://127.0.0.1:{admin}")
        self.name = f"n{number}"
        fabric = f"127.0.0.1:{port}"
        self.metrics_url = f"http://{fabric}/metrics"
        self.log = directory / self.name / "server.log"
        self._environment = {
            **SMALL,
            "RESTATE_CLUSTER_NAME": "drill",
            "RESTATE_NODE_NAME": self.name,
            "RESTATE_FORCE_NODE_ID": str(number),
            "RESTATE_AUTO_PROVISION": str(number == 1).lower(),
            "RESTATE_DEFAULT_NUM_PARTITIONS": str(PARTITIONS),
            "RESTATE_DEFAULT_REPLICATION": "2",
            "RESTATE_ROLES": "[http-ingress,admin,worker,log-server,metadata-server]",
            "RESTATE_BASE_DIR": str(self.log.parent),
            "RESTATE_LISTEN_MODE": "tcp",
            "RESTATE_BIND_ADDRESS": fabric,
            "RESTATE_ADVERTISED_ADDRESS": f"http://{fabric}",
            "RESTATE_INGRESS__BIND_ADDRESS": f"127.0.0.1:{ingress}",
            "RESTATE_ADMIN__BIND_ADDRESS": f"127.0.0.1:{admin}",
            "RESTATE_METADATA_CLIENT__TYPE": "replicated",
            "RESTATE_METADATA_CLIENT__ADDRESSES": json.dumps([f"http://127.0.0.1:{port}" for port in peers]),
            "RESTATE_BIFROST__DEFAULT_PROVIDER": "replicated",
            **settings,
        }
        self.launch()

    def launch(self) -> None:
        """Starts the process, and does not wait: a node is healthy only with others."""
        executable = binary.find(pinned_server_version())
        self._process = Process(self.name, [executable], log=self.log, environment=self._environment)

    def wait(self) -> None:
        """Until it answers, queries too."""
        self._process.wait_until(self.healthy, "healthy answers", timeout=60.0)

    def restart(self) -> None:
        self.kill()
        self.launch()
        self.wait()

    def stop(self) -> None:
        self.admin.close()
        self._process.terminate(2.0)


class Cluster:
    """All of them. `settings` come on top of what they have in common."""

    def __init__(self, directory: Path, processes: ExitStack, settings: Mapping[str, str] | None = None) -> None:
        self._directory = directory
        self._processes = processes
        self._settings = settings or {}
        self._peers = [free_port() for _ in range(NODES)]
        self.nodes = [self._node(number, port) for number, port in enumerate(self._peers, start=1)]
        for node in self.nodes:
            node.wait()

    def one_more(self) -> Node:
        """A node that nobody knows yet, with an empty disk; waits until it answers."""
        node = self._node(len(self.nodes) + 1, free_port())
        self.nodes.append(node)
        node.wait()
        return node

    def _node(self, number: int, port: int) -> Node:
        return self._processes.enter_context(Node(number, port, self._peers, self._directory, self._settings))
