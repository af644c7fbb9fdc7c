"""The mean of a score over the answers that have it: one metric for every score of a task, by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_steering.comparison.facts import Facts
from pytest_steering.comparison.metrics.metric import Gap, Metric
from pytest_steering.comparison.metrics.quantities import Mean
from pytest_steering.comparison.outcomes import score


def score_metric(name: str, described: Mapping[str, Any]) -> Metric:
    """Return the metric of a score.

    Args:
        name: The score's.
        described: What a record says of the score; nothing where a task did not say.
    """
    of = score(name)

    def missing(facts: Facts) -> bool:
        return all(of(one) is None for one in facts.ran)

    low, high = described.get("bounds") or (None, None)
    return Metric(
        name,
        name,
        described.get("meaning") or f"mean of {name} over the answers that have it",
        Mean(of),
        over="answers that have the score",
        gaps=(Gap(f"no answer has a score {name!r}", missing),),
        better=described.get("better", "neither"),
        unit=described.get("unit", ""),
        bounds=(low, high),
    )
