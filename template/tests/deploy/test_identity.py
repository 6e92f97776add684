"""The key that the server signs its requests with."""

import stat
from pathlib import Path

from dev import restate_server
from tests.deploy.staging import Command


def test_a_new_key_is_the_one_that_the_server_signs_with(deploy: Command, executable: Path, tmp_path: Path) -> None:
    outcome = deploy("identity", "keygen", tmp_path / "private.pem", "--json")
    assert outcome.code == 0
    assert stat.S_IMODE((tmp_path / "private.pem").stat().st_mode) == 0o600
    variables = {outcome.json["server_variable"]: str(tmp_path / "private.pem"), "RESTATE_LOG_FILTER": "info"}
    with restate_server.start("native", environment=variables, data=tmp_path / "data") as server:
        assert outcome.json["public_key"] in server.log_tail(500)


def test_a_key_is_not_overwritten(deploy: Command, tmp_path: Path) -> None:
    assert deploy("identity", "keygen", tmp_path / "private.pem").code == 0
    before = (tmp_path / "private.pem").read_bytes()
    outcome = deploy("identity", "keygen", tmp_path / "private.pem")
    assert outcome.code == 2
    assert "exists" in outcome.line
    assert (tmp_path / "private.pem").read_bytes() == before
