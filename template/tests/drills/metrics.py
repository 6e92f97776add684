"""What Prometheus would scrape, and which of it an alert rule asks for."""

from collections.abc import Iterator
from typing import Any

import httpx
import promql_parser
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from promql_parser import MatchOp, VectorSelector


def scrape(url: str) -> list[Sample]:
    """Every series of one scrape, with its labels and value."""
    return parsed(httpx.get(url, trust_env=False).raise_for_status().text)


def parsed(text: str) -> list[Sample]:
    """The same, from Prometheus' text format."""
    return [sample for family in text_string_to_metric_families(text) for sample in family.samples]


def selectors(expression: str) -> list[VectorSelector]:
    """The series that an expression of PromQL is about.

    Raises:
        ValueError: it is none.
    """
    return list(_selectors(promql_parser.parse(expression)))


def _selectors(part: Any) -> Iterator[VectorSelector]:
    if isinstance(part, VectorSelector):
        yield part
    for name in ("lhs", "rhs", "expr", "vector_selector"):
        if inner := getattr(part, name, None):
            yield from _selectors(inner)
    for argument in getattr(part, "args", []):
        yield from _selectors(argument)


def selected(selector: VectorSelector, samples: list[Sample]) -> list[Sample]:
    """The series it is about, of those that there are. Knows equality only."""
    labels = {matcher.name: matcher.value for matcher in selector.matchers.matchers}
    assert all(matcher.op == MatchOp.Equal for matcher in selector.matchers.matchers)
    return [each for each in samples if each.name == selector.name and labels.items() <= each.labels.items()]
