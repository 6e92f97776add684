"""How often a failing invocation is tried again, and what happens then (do-V-1, dont-IV-2)."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import SettingsConfigDict
from restate import InvocationRetryPolicy

from settings import Duration, Section


class RetrySettings(Section):
    """`RETRY_*` in the environment."""

    model_config = SettingsConfigDict(env_prefix="RETRY_")

    initial_interval: Duration = Field(timedelta(milliseconds=100), description="Wait before the second attempt.")
    max_interval: Duration = Field(timedelta(seconds=30), description="Longest wait between two attempts.")
    max_attempts: int = Field(70, ge=1, description="Attempts before the invocation is paused.")


def retry_policy() -> InvocationRetryPolicy:
    """Retries that end, and end in *pause*: an operator fixes the cause and resumes, nothing is lost.

    Killing instead would skip the compensations.
    """
    settings = RetrySettings.read()
    return InvocationRetryPolicy(
        initial_interval=settings.initial_interval,
        exponentiation_factor=2.0,
        max_interval=settings.max_interval,
        max_attempts=settings.max_attempts,
        on_max_attempts="pause",
    )
