"""Keys of a server's configuration that do nothing: the server takes any key, and drops what it does not know.

So the server itself is asked: what it does not print with `--dump-config` it has not understood.
"""

import difflib
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from deploy.compatibility import Finding
from deploy.errors import BadInput

DEPRECATED = re.compile(r"deprecated config option '([^']+)' instead of '([^']+)'")

NO_KEYS = {"RESTATE_CONFIG"}
"""Variables that the server reads and that are no configuration keys."""

SERVER_SECONDS = 30


class Lint(BaseModel):
    """The keys that were looked at, by how they are spelled in TOML, and those that do nothing."""

    keys: int
    findings: list[Finding]

    @property
    def open(self) -> list[Finding]:
        return self.findings


def lint(
    config: Path | None, environment: Path | None = None, *, dump: Path | None = None, server: str | None = None
) -> Lint:
    """Compares keys with what the server makes of them.

    Args:
        config: the server's TOML file.
        environment: a file with lines RESTATE_KEY=value.
        dump: what the server printed with `--dump-config` for exactly these two.
        server: the server's executable, to be run where there is no `dump`.

    Raises:
        BadInput: a file cannot be read, or the server refuses it.
    """
    if config is None and environment is None:
        raise BadInput("nothing to check: give a configuration file, or --env-file with RESTATE_ variables")
    variables = _variables(environment) if environment else {}
    given = {key: str(config) for key in _keys(_toml(config))} if config else {}
    given |= {_key(variable): variable for variable in variables if variable not in NO_KEYS}
    if dump:
        known, moved = set(_keys(_toml(dump))), dict[str, str]()
    else:
        known, moved = _ask(_executable(server), config, variables)
    findings = [_finding(key, where, known, moved) for key, where in given.items() if key not in known or key in moved]
    return Lint(keys=len(given), findings=findings)


def _finding(key: str, where: str, known: set[str], moved: Mapping[str, str]) -> Finding:
    if key in moved:
        message = f"is deprecated ({where}): say {moved[key]}"
        return Finding(kind="deprecated-key", subject=key, acceptable=False, message=message)
    similar = _similar(key, known)
    hint = (
        f"did you mean {similar}?" if similar else "'restate-server --dump-config' prints all that are set by default"
    )
    return Finding(kind="unknown-key", subject=key, acceptable=False, message=f"does nothing ({where}): {hint}")


def _similar(key: str, known: set[str]) -> str | None:
    name = key.rpartition(".")[2]
    of_this_name = [each for each in sorted(known) if each.rpartition(".")[2] == name]
    closest = difflib.get_close_matches(key, of_this_name or sorted(known), n=1, cutoff=0.0 if of_this_name else 0.8)
    return closest[0] if closest else None


def _keys(table: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in table.items():
        inner = [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict)]
        for each in inner:
            yield from _keys(each, f"{prefix}{name}.")
        if not inner:
            yield prefix + name


def _key(variable: str) -> str:
    """RESTATE_WORKER__NUM_TIMERS is worker.num-timers."""
    return variable.removeprefix("RESTATE_").lower().replace("__", ".").replace("_", "-")


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is no TOML: {error}") from None


def _variables(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"cannot read {path}: {error}") from None
    pairs = (line.strip().partition("=") for line in lines if line.strip().startswith("RESTATE_"))
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}


def _executable(name: str | None) -> str:
    found = shutil.which(name or "restate-server")
    if not found:
        raise BadInput(
            f"there is no executable '{name or 'restate-server'}': give it with --server or RESTATE_SERVER_BINARY, "
            "or give what it prints elsewhere with --dump-config"
        )
    return found


def _ask(executable: str, config: Path | None, variables: Mapping[str, str]) -> tuple[set[str], dict[str, str]]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RESTATE_")}
    command = [executable, "--dump-config", *(("--config-file", str(config)) if config else ())]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, env={**environment, **variables}, timeout=SERVER_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BadInput(f"cannot run {executable} --dump-config: {error}") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["nothing"]
        raise BadInput(f"the server refuses this configuration: {said[-1]}")
    try:
        dumped = tomllib.loads(done.stdout)
    except tomllib.TOMLDecodeError:
        raise BadInput(f"{executable} --dump-config prints no TOML: is it a Restate server?") from None
    return set(_keys(dumped)), dict(DEPRECATED.findall(done.stderr))
