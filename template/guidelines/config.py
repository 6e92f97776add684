"""The project's settings: `[tool.guidelines]` in the nearest pyproject.toml, and nowhere else."""

import difflib
import tomllib
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from guidelines.finding import Severity

KEYS = ("deterministic", "exclude", "nondeterministic", "severity")
SEVERITIES = (*(str(severity) for severity in Severity), "off")


class ConfigError(Exception):
    """`[tool.guidelines]` cannot be used. The message says where, what is wrong and what was probably meant."""


@dataclass(frozen=True)
class Settings:
    """What a project decides for itself.

    Attributes:
        exclude: paths or globs, relative to the project, of files that are not reported on.
        severity: by rule; None switches the rule off.
        deterministic: qualified names that may be called anywhere, such as "acme.ids.from_name".
        nondeterministic: qualified names that belong into a step, such as "acme.flags.is_on".
    """

    exclude: tuple[str, ...] = ()
    severity: dict[str, Severity | None] = field(default_factory=dict)
    deterministic: frozenset[str] = frozenset()
    nondeterministic: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Project:
    """A folder, and its `[tool.guidelines]`; None where there is none."""

    root: Path
    table: dict[str, Any] | None = None

    def settings(self, rules: Collection[str]) -> Settings:
        """Checks the table.

        Raises:
            ConfigError: for unknown keys, rules and values.
        """
        return parse(self.table or {}, rules, self.root / "pyproject.toml")


def project_of(path: Path) -> Project:
    """The project that `path` is in: the nearest folder whose pyproject.toml has `[tool.guidelines]`, else `path`.

    Raises:
        ConfigError: for a pyproject.toml that is not TOML.
    """
    folder = path if path.is_dir() else path.parent
    for candidate in (folder, *folder.parents):
        table = _table(candidate / "pyproject.toml")
        if table is not None:
            return Project(candidate, table)
    return Project(folder)


def nearest(name: str, known: Collection[str]) -> str:
    """A clause such as "; the nearest is 'x'", or nothing where nothing is near."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; the nearest is '{close[0]}'" if close else ""


def parse(table: dict[str, Any], rules: Collection[str], source: Path) -> Settings:
    """Checks the table.

    Raises:
        ConfigError: for the first thing that is wrong.
    """
    where = f"{source}: [tool.guidelines]"
    for key in table:
        if key not in KEYS:
            raise ConfigError(f"{where} unknown key '{key}'{nearest(key, KEYS)}")
    overrides = table.get("severity", {})
    if not isinstance(overrides, dict):
        raise ConfigError(f'{where} severity must be a table, such as {"{"}no-deadline = "warning"{"}"}')
    severity: dict[str, Severity | None] = {}
    for rule, value in overrides.items():
        if rule not in rules:
            raise ConfigError(f"{where} severity: unknown rule '{rule}'{nearest(rule, rules)}")
        if value not in SEVERITIES:
            raise ConfigError(f"{where} severity: {rule} = {value!r} is none of {', '.join(SEVERITIES)}")
        severity[rule] = None if value == "off" else Severity(value)
    return Settings(
        exclude=_strings(table, "exclude", where),
        severity=severity,
        deterministic=frozenset(_strings(table, "deterministic", where)),
        nondeterministic=frozenset(_strings(table, "nondeterministic", where)),
    )


def _table(file: Path) -> dict[str, Any] | None:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{file}: {error}") from error
    tool = document.get("tool", {})
    table = tool.get("guidelines") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(f"{file}: [tool.guidelines] must be a table")
    return table


def _strings(table: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigError(f"{where} {key} must be a list of strings")
    return tuple(value)
