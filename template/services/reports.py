"""Fan-out and fan-in: many questions at once, an answer even if some fail (do-II-1, do-II-4)."""

from datetime import timedelta

import restate
from pydantic import BaseModel, Field
from pydantic_settings import SettingsConfigDict
from restate import Context, TerminalError

from durable import Service, retry_policy
from objects import inventory
from objects.inventory import Sku, StockLevel
from settings import Duration, Section

reports = Service(
    "Reports",
    inactivity_timeout=timedelta(minutes=1),
    abort_timeout=timedelta(minutes=10),
    journal_retention=timedelta(hours=1),
    idempotency_retention=timedelta(hours=1),
    invocation_retry_policy=retry_policy(),
)


class ReportSettings(Section):
    """`REPORT_*` in the environment."""

    model_config = SettingsConfigDict(env_prefix="REPORT_")

    patience: Duration = Field(timedelta(seconds=5), description="Longest wait for the answers of a report.")


class StockQuery(BaseModel):
    """The SKUs to look up."""

    skus: list[Sku] = Field(min_length=1, max_length=100)


class StockReport(BaseModel):
    """What answered in time; the others under the reason."""

    levels: dict[str, StockLevel] = {}
    failed: dict[str, str] = {}
    late: list[str] = []


@reports.handler()
async def stock(ctx: Context, query: StockQuery) -> StockReport:
    """Asks for every SKU concurrently, and reports what is known when its patience ends."""
    skus = list(dict.fromkeys(query.skus))  # unique, and in an order that is the same on replay (dont-I-5)
    questions = {sku: ctx.object_call(inventory.status, key=sku, arg=None) for sku in skus}
    timeout = ctx.sleep(await ctx.run_typed("patience", patience))

    pending, report = list(questions.values()), StockReport()
    while pending:
        completed, waiting = await restate.wait_completed(*pending, timeout)
        pending = [question for question in pending if question in waiting]
        if timeout in completed:
            break

    for sku, question in questions.items():
        if question in pending:
            report.late.append(sku)
            await question.cancel_invocation()
            continue
        try:
            report.levels[sku] = await question
        except TerminalError as error:
            report.failed[sku] = error.message
    return report


def patience() -> timedelta:
    return ReportSettings.read().patience
