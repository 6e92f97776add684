"""A service that knows keys answers nobody else; and the key of the server can be replaced while it is called."""

import re
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from deploy.identity import SERVER_VARIABLE, keygen
from dev import restate_server
from dev.admin import AdminError
from dev.restate_server import Server
from tests.drills.load import load
from tests.drills.rehearsal import Rehearsal


def signing(key: Path, directory: Path, like: Server | None = None) -> Server:
    """A server that signs with a key; with the ports of another one, which it takes the place of."""
    ports = [httpx.URL(url).port for url in (like.ingress_url, like.admin_url)] if like else [None, None]
    return restate_server.start(
        "native",
        environment={SERVER_VARIABLE: str(key)},
        data=directory,
        ingress_port=ports[0],
        admin_port=ports[1],
    )


def test_unsigned_and_wrongly_signed_requests_are_refused(tmp_path: Path, processes: ExitStack) -> None:
    known, stranger = keygen(tmp_path / "known.pem"), keygen(tmp_path / "stranger.pem")
    server = processes.enter_context(signing(known.private_key_file, tmp_path / "known"))
    rehearsal = Rehearsal(server, tmp_path, processes)
    service, _ = rehearsal.start("first", [known.public_key])
    server.register(service.url)
    assert rehearsal.call("which") == "first"

    rehearsal.follow("identity-closed", ADDRESS=service.url)
    assert httpx.post(f"{service.url}/invoke/Orders/which", trust_env=False).status_code == 401
    other = processes.enter_context(signing(stranger.private_key_file, tmp_path / "stranger"))
    with pytest.raises(AdminError, match="401"):
        other.register(service.url)


def test_the_key_is_replaced_without_a_failed_call(tmp_path: Path, processes: ExitStack) -> None:
    old = keygen(tmp_path / "old.pem")
    server = processes.enter_context(signing(old.private_key_file, tmp_path / "data"))
    rehearsal = Rehearsal(server, tmp_path, processes)
    service, process = rehearsal.start("first", [old.public_key])
    server.register(service.url)
    nap = rehearsal.send("nap", 15)
    with load([server.ingress_url], "Orders/nap", 0.05) as calls:
        printed = rehearsal.follow("rotation-keygen", FILE=tmp_path / "new.pem")
        (new,) = re.findall(r"IDENTITY_KEYS=(publickeyv1_\w+)", printed)

        def known(*keys: str) -> None:
            """Restarts the service with other keys; the code is the same, so the address may be."""
            nonlocal process
            process.terminate()
            process = rehearsal.restart(type(service)("first", service.port, tmp_path, keys))

        known(old.public_key, new)
        server.stop()
        successor = processes.enter_context(signing(tmp_path / "new.pem", tmp_path / "data", like=server))
        rehearsal = Rehearsal(successor, tmp_path, processes)
        known(new)
        rehearsal.follow("rotation-check", ADDRESS=service.url)
        before = calls.answered
        rehearsal.until(lambda: calls.answered > before + 10, "calls are answered")
    assert calls.failures == []
    rehearsal.reaches(nap, "completed")
    assert rehearsal.invocation(nap)["completion_result"] == "success"
    assert not refused(successor)


def refused(server: Server) -> list[str]:
    """Failures of attempts that a service did not take for the server's."""
    rows = server.admin.query("select event_json from sys_journal_events where event_type = 'TransientError'")
    return [row["event_json"] for row in rows if "401" in row["event_json"]]
