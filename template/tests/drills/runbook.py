"""The commands of RUNBOOK.md, run as they are written there; what they print is held against what it promises."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from dev.project import ROOT

RUNBOOK = ROOT / "RUNBOOK.md"

BLOCK = re.compile(r"^```sh(?: (?P<name>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
PROMISE = re.compile(r"\s*You see (?P<spans>(?:[^.;`]|`[^`]*`|\.(?=\S))*)")

EXIT_CODE = "exit code "

SECONDS = 120

executed: set[str] = set()
"""Names of the commands that a drill has run in this session."""


class Command(NamedTuple):
    """A fenced command. `promises` are the code spans of the sentence "You see …" below it; `…` is anything."""

    name: str
    text: str
    promises: list[str]


def commands(text: str) -> list[Command]:
    """Every fenced command of a runbook; one without a name has an empty one."""
    return [
        Command(match["name"] or "", match["text"], _promises(text[match.end() :])) for match in BLOCK.finditer(text)
    ]


def run(name: str, *, environment: Mapping[str, str], **values: object) -> str:
    """Runs a command in a shell, with its words in capitals filled in; returns what it prints.

    A promise such as "exit code 1" is one, too; without it the code must be 0.

    Raises:
        AssertionError: there is no such command, a word is not in it, or it does not do what is promised.
    """
    (command,) = [each for each in commands(RUNBOOK.read_text()) if each.name == name]
    for word in values:
        assert _word(word).search("\n".join([command.text, *command.promises])), f"'{name}' has no {word}"
    done = subprocess.run(
        ["bash", "-eu", "-c", filled(command.text, values)],
        cwd=ROOT,
        env=_environment(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
    )
    wanted = next((int(each.removeprefix(EXIT_CODE)) for each in command.promises if each.startswith(EXIT_CODE)), 0)
    assert done.returncode == wanted, f"'{name}' ended with {done.returncode}:\n{done.stdout}"
    for promise in command.promises:
        if not promise.startswith(EXIT_CODE):
            pattern = re.escape(filled(promise, values)).replace("…", ".*")
            assert re.search(pattern, done.stdout), f"'{name}' does not print '{promise}', but:\n{done.stdout}"
    executed.add(name)
    return done.stdout


def filled(text: str, values: Mapping[str, object]) -> str:
    """A text with its words in capitals replaced."""
    for word, value in values.items():
        text = _word(word).sub(lambda _, value=value: str(value), text)  # type: ignore[misc]
    return text


def _word(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![$\w]){word}(?!\w)")


def _promises(after: str) -> list[str]:
    found = PROMISE.match(after)
    return re.findall(r"`([^`]+)`", " ".join(found["spans"].split())) if found else []


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    """What somebody has who follows the runbook: the project's environment, and nothing of the caller's settings."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RESTATE_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**inherited, "PATH": path, "no_proxy": "127.0.0.1", **settings}
