"""Choices: how often the wanted option is chosen, and how far the model leans to it in either order."""

from __future__ import annotations

from pytest_steering.comparison.facts import Facts
from pytest_steering.comparison.metrics.margins import NOT_BOTH_WAYS
from pytest_steering.comparison.metrics.metric import Gap, Metric
from pytest_steering.comparison.metrics.quantities import Mean, Share
from pytest_steering.comparison.metrics.rates import NO_SAMPLES
from pytest_steering.comparison.outcomes import choosing, margin_both_ways, says_yes


def _no_choices(facts: Facts) -> bool:
    return not facts.count(choosing)


METRICS = (
    Metric(
        "matching_rate",
        "matching",
        "the wanted option is the likeliest, or the one that is written / choices",
        Share(says_yes, choosing),
        over="choices",
        gaps=(NO_SAMPLES, Gap("no option was to be chosen", _no_choices)),
        source="Perez et al. 2022",
    ),
    Metric(
        "margin_both_polarities",
        "mean margin over both polarities",
        "mean margin of a question and its opposite, in which a leaning to *yes* or to a letter cancels",
        Mean(margin_both_ways),
        over="samples asked both ways",
        gaps=(NOT_BOTH_WAYS,),
        unit="nats",
        bounds=(None, None),
    ),
)
