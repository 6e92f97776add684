from collections.abc import Iterator

import pytest

from dev import restate_server
from dev.restate_server import Server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with restate_server.start("native") as server:
        yield server
