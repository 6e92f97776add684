"""Plays AWS for a Restate server on this machine: the Invoke API in front of the packed handler, one call at a time.

`python tests/targets/loopback.py FOLDER PORT`, where FOLDER has what `deploy/lambda/package` packs.
"""

import http.server
import importlib
import json
import os
import sys
from typing import Any

FUNCTION = "service"


class Invoke(http.server.BaseHTTPRequestHandler):
    """POST /2015-03-31/functions/ARN/invocations."""

    handler: Any

    def do_GET(self) -> None:
        self.answer(b"{}")

    def do_POST(self) -> None:
        event = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.answer(json.dumps(type(self).handler(event, None)).encode())

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main(folder: str, port: int) -> None:
    os.environ["AWS_LAMBDA_FUNCTION_NAME"] = FUNCTION  # by which the SDK knows where it runs
    sys.path.insert(0, folder)
    Invoke.handler = staticmethod(importlib.import_module("handler").handler)
    http.server.HTTPServer(("127.0.0.1", port), Invoke).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
