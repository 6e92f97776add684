"""Keys that the server does not know, in what configures it."""

import subprocess
from pathlib import Path

import pytest

from tests.deploy.staging import Command

CONFIG = """
node-name = "n1"
bogus = 1
request-identity-private-key-pem-file = "key.pem"

[invocation.default-retry-policy]
max-attempts = 3

[worker.invoker]
inactivity-timeout = "10s"

[worker.snapshots]
destination = "s3://bucket/snapshots"
experimental-num-retained = 2
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "restate.toml"
    file.write_text(CONFIG)
    return file


def test_keys_that_the_server_does_not_know_are_found(deploy: Command, executable: Path, config: Path) -> None:
    outcome = deploy("config", "lint", config, "--server", executable)
    assert outcome.code == 1
    found = {line.split("  ")[1].strip() or line.split()[1]: line for line in outcome.out.splitlines()}
    assert found.keys() == {
        "unknown-key:bogus",
        "deprecated-key:request-identity-private-key-pem-file",
        "unknown-key:invocation.default-retry-policy.max-attempts",
        "unknown-key:worker.snapshots.experimental-num-retained",
    }
    assert "did you mean default-retry-policy.max-attempts?" in outcome.out
    assert "say worker.invoker.request-identity-private-key-pem-file" in outcome.out
    assert "did you mean worker.snapshots.num-retained?" in outcome.out


def test_what_the_server_printed_elsewhere_does_as_well(
    deploy: Command, executable: Path, config: Path, tmp_path: Path
) -> None:
    dump = tmp_path / "dump.toml"
    printed = subprocess.run([executable, "--config-file", config, "--dump-config"], capture_output=True, check=True)
    dump.write_bytes(printed.stdout)
    outcome = deploy("config", "lint", config, "--dump-config", dump, "--json")
    assert outcome.code == 1
    assert len(outcome.json["findings"]) == 4


def test_variables_are_keys_too(deploy: Command, executable: Path, tmp_path: Path) -> None:
    file = tmp_path / "server.env"
    file.write_text("RESTATE_WORKER__INVOKER__INACTIVITY_TIMEOUT=7s\nRESTATE_INVOCATION__MAX_ATTEMPTS=3\nOTHER=1\n")
    outcome = deploy("config", "lint", "--env-file", file, "--server", executable, "--json")
    assert outcome.code == 1
    assert [finding["id"] for finding in outcome.json["findings"]] == ["unknown-key:invocation.max-attempts"]


def test_a_configuration_that_the_server_knows_is_fine(deploy: Command, executable: Path, tmp_path: Path) -> None:
    file = tmp_path / "restate.toml"
    file.write_text('node-name = "n1"\n[worker.invoker]\ninactivity-timeout = "10s"\n')
    outcome = deploy("config", "lint", file, "--server", executable)
    assert outcome.code == 0
    assert "the server knows all 2 keys" in outcome.out


@pytest.mark.parametrize(
    ("content", "server", "says"),
    [
        ("node-name = ", None, "is no TOML"),
        ('default-num-partitions = "many"', None, "the server refuses this configuration"),
        ('node-name = "n1"', "/nowhere/restate-server", "RESTATE_SERVER_BINARY"),
        ('node-name = "n1"', "/bin/echo", "is it a Restate server?"),
        (None, None, "cannot read"),
    ],
)
def test_what_cannot_be_linted(
    deploy: Command, executable: Path, tmp_path: Path, content: str | None, server: str | None, says: str
) -> None:
    file = tmp_path / "restate.toml"
    if content is not None:
        file.write_text(content)
    outcome = deploy("config", "lint", file, "--server", server or executable)
    assert outcome.code == 2
    assert says in outcome.line


def test_something_must_be_linted(deploy: Command) -> None:
    assert "nothing to check" in deploy("config", "lint").line
