"""The guidelines, read from registry.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

FILE = Path(__file__).with_name("registry.toml")


@dataclass(frozen=True)
class Guideline:
    """One row.

    Attributes:
        id: such as "do-I-3", in the numbering of Restate's own list.
        sentence: what to do.
        why: what goes wrong otherwise.
        today: what holds now, with restate-sdk 1.3 and restate-server 1.7.
        shown_in: files or folders of the project that do it right; empty where `reason` says why.
        enforced_by: checks, as "kind:name"; see KINDS.
        reason: why no machine can, or why none does yet.
    """

    id: str
    sentence: str
    why: str
    today: str = ""
    shown_in: tuple[str, ...] = ()
    enforced_by: tuple[str, ...] = ()
    reason: str = ""

    @property
    def group(self) -> str:
        """The part of the list that it is in, such as "do-I"."""
        return self.id.rpartition("-")[0]

    @property
    def status(self) -> Literal["enforced", "partly", "pending", "people", "other"]:
        """Whether machines check it; "people" where none can, "other" for what is not about Python."""
        if self.enforced_by == ("n/a",):
            return "other"
        checks = [check for check in self.enforced_by if check != "doc"]
        if not checks:
            return "people"
        pending = [check for check in checks if check.endswith(":pending")]
        return "pending" if pending == checks else "partly" if pending else "enforced"


GROUPS = {
    "do-I": "Do: in general",
    "do-II": "Do: wait for several things",
    "do-III": "Do: services, objects, workflows",
    "do-IV": "Do: state and data",
    "do-V": "Do: errors and events",
    "do-VI": "Do: ids and time",
    "do-VII": "Do: deployment and security",
    "do-VIII": "Do: agents",
    "dont-I": "Don't: determinism",
    "dont-II": "Don't: handlers that wait for each other",
    "dont-III": "Don't: deployment",
    "dont-IV": "Don't: operations",
    "dont-V": "Don't: encryption",
}

KINDS = {
    "lint": "a rule of the linter",
    "manifest": "a rule on what the imported app serves",
    "types": "mypy, in `make check`",
    "replay": "the tests' replay and chaos lanes, in `make test`",
    "test": "a test of the project",
    "config": "a rule on deployment files",
    "rollout": "the rollout command, which refuses",
    "doc": "no machine can, people have to",
    "n/a": "another language's SDK",
}


def _read() -> dict[str, Guideline]:
    rows: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["guideline"]
    for row in rows:
        row.update({key: tuple(value) for key, value in row.items() if isinstance(value, list)})
    return {row["id"]: Guideline(**row) for row in rows}


REGISTRY = _read()


def sentence(guideline: str) -> str:
    """What a guideline says to do."""
    return REGISTRY[guideline].sentence
