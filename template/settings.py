"""Settings from the environment, with defaults for development; production fails closed (do-VII-6).

What the environment does not say is read from the file `.env`, or the one that $ENV_FILE names.

Whoever needs settings declares a `Section` beside the code that uses them. `.env.example` lists them all.
"""

import functools
import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, ClassVar, Literal, Self, cast

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _number(value: object) -> object:
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


Duration = Annotated[timedelta, BeforeValidator(_number)]
"""Seconds (`2.5`) or ISO 8601 (`PT5M`)."""


class StartupError(Exception):
    """The service cannot start. The message says what to mend."""


class SettingsError(StartupError):
    """Settings are missing or invalid. The message has a line per variable and never a value."""


class Section(BaseSettings):
    """A group of settings, read once per process."""

    model_config = SettingsConfigDict(
        env_file=os.environ.get("ENV_FILE", ".env"), extra="ignore", frozen=True, hide_input_in_errors=True
    )

    required_in_production: ClassVar[tuple[str, ...]] = ()
    """Fields whose default is for development only."""

    environment: Literal["development", "production"] = Field(
        default="development",
        validation_alias="ENVIRONMENT",
        description="`production` refuses defaults meant for development.",
    )

    @classmethod
    def read(cls) -> Self:
        """The section as the environment has it.

        Raises:
            SettingsError: when a value is invalid, or in production when a required one is missing.
        """
        return cast(Self, _read_once(cls))

    @classmethod
    def variable(cls, field: str) -> str:
        """The environment variable behind a field, or behind the alias that an error names it by."""
        if field not in cls.model_fields:
            return field
        alias = cls.model_fields[field].validation_alias
        return alias if isinstance(alias, str) else f"{cls.model_config.get('env_prefix', '')}{field}".upper()


@functools.cache
def _read_once(section: type[Section]) -> Section:
    try:
        settings = section()
    except ValidationError as error:
        lines = [f"{section.variable(str(e['loc'][0]))}: {e['msg']}" for e in error.errors(include_input=False)]
        raise SettingsError("\n".join(lines)) from None
    if settings.environment == "production":
        missing = [field for field in section.required_in_production if not _is_set(settings, field)]
        if missing:
            lines = [f"{section.variable(f)}: must be set in production: {_purpose(section, f)}" for f in missing]
            raise SettingsError("\n".join(lines))
    return settings


def _is_set(settings: Section, field: str) -> bool:
    value = getattr(settings, field)
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return bool(value) and value != _development_default(type(settings), field)


def _development_default(section: type[Section], field: str) -> object:
    default = section.model_fields[field].default
    return default.get_secret_value() if isinstance(default, SecretStr) else default


def _purpose(section: type[Section], field: str) -> str:
    return section.model_fields[field].description or field


def sections(base: type[Section] = Section) -> Iterator[type[Section]]:
    """Every section declared by the modules imported so far."""
    for section in base.__subclasses__():
        yield section
        yield from sections(section)


def check() -> None:
    """Reads every section, so that a service that cannot work does not start.

    Raises:
        SettingsError: with all that is wrong, not only the first.
    """
    problems = []
    for section in sections():
        try:
            section.read()
        except SettingsError as error:
            problems.append(str(error))
    if problems:
        raise SettingsError("\n".join(problems))


class ServerSettings(Section):
    """How `serve.py` runs the service."""

    required_in_production = ("identity_keys",)

    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 inside a container.")
    port: int = Field(9080, ge=0, le=65535, description="Port to listen on.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least severe level logged.")
    drain: Duration = Field(
        timedelta(seconds=10),
        validation_alias="DRAIN_SECONDS",
        description="Longest wait for running attempts after SIGTERM; Restate retries what is cut off.",
    )
    identity_keys: Annotated[list[str], NoDecode] = Field(
        default=[], description="Public keys (publickeyv1_…, comma separated) of the Restate servers that may call."
    )

    @field_validator("identity_keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [key.strip() for key in value.split(",") if key.strip()] if isinstance(value, str) else value

    @field_validator("identity_keys")
    @classmethod
    def _are_public_keys(cls, keys: list[str]) -> list[str]:
        if any(not key.startswith("publickeyv1_") for key in keys):
            raise ValueError("each key must start with 'publickeyv1_'; the server logs its own at start")
        return keys
