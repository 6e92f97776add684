"""One version of the small app in a process of its own, as in production: `python -m tests.drills.service VERSION`."""

import asyncio
import sys

import restate

from durable import logs
from serve import serve
from settings import ServerSettings
from tests.deploy.versions import VERSIONS


def main() -> None:
    server = ServerSettings.read()
    logs.configure(server.log_level)
    app = restate.app(VERSIONS[sys.argv[1]].services(""), identity_keys=server.identity_keys or None)
    asyncio.run(serve(app, server))


if __name__ == "__main__":
    main()
