"""The one list of metrics: records, tables, expectations, the gate and the docs ask it by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pytest_steering.comparison.facts import UNDESCRIBED, Facts
from pytest_steering.comparison.metrics import (
    answer_form,
    choices,
    detection,
    margins,
    off_target,
    rates,
    twin_pairs,
)
from pytest_steering.comparison.metrics.metric import Metric
from pytest_steering.comparison.metrics.score_means import score_metric
from pytest_steering.errors import DataError, did_you_mean

JUDGEMENT: tuple[Metric, ...] = (
    *rates.METRICS,
    *margins.METRICS,
    *choices.METRICS,
    *detection.METRICS,
    *twin_pairs.METRICS,
)
"""How well the samples were judged."""

SIDE_EFFECTS: tuple[Metric, ...] = (*answer_form.METRICS, *off_target.METRICS)
"""What else became of the answers, and of texts that ask nothing."""

BUILT_IN = (*JUDGEMENT, *SIDE_EFFECTS)

Scores = Mapping[str, Mapping[str, Any]]

_OWN: dict[str, Metric] = {}


def register(metric: Metric) -> Metric:
    """Add a metric of your own; records, tables and expectations have it from then on.

    Call it in a conftest. A name of yours that is registered again is replaced.

    Args:
        metric: With a name that no metric of this package has.

    Raises:
        DataError: The name is taken, or cannot be a key.
    """
    taken = {name for one in BUILT_IN for name in _names(one)}
    clash = sorted(taken.intersection(_names(metric)))
    if clash:
        raise DataError(f"{clash[0]!r} is a metric of this package; give yours another name")
    if not metric.name.isidentifier():
        raise DataError(f"a metric is named {metric.name!r}; expected letters, digits and underscores")
    _OWN[metric.name] = metric
    return metric


def require_free(scores: Iterable[str]) -> None:
    """Refuse a score that goes by the name of a metric of this package.

    Args:
        scores: Names of a task's scores.

    Raises:
        DataError: One of them is taken.
    """
    taken = {name for one in BUILT_IN for name in _names(one)}.intersection(scores)
    if taken:
        raise DataError(f"the score {min(taken)!r} has the name of a metric; give it another one")


def metrics(scores: Scores = UNDESCRIBED) -> tuple[Metric, ...]:
    """Return every metric, those of this package first, in the order of a report.

    Args:
        scores: Of the answers at hand; each is a metric too, unless one of that name was registered.
    """
    registered = (*BUILT_IN, *own_metrics())
    taken = {name for one in registered for name in _names(one)}
    means = (score_metric(name, told) for name, told in scores.items() if name not in taken)
    return (*registered, *means)


def own_metrics() -> tuple[Metric, ...]:
    """Return the metrics that were registered, in that order."""
    return tuple(_OWN.values())


def find(name: str, scores: Scores = UNDESCRIBED) -> Metric | None:
    """Return a metric by its name or an older one; None where there is none.

    Args:
        name: Of the metric.
        scores: Of the answers at hand.
    """
    return next((one for one in metrics(scores) if name in _names(one)), None)


def metric(name: str, scores: Scores = UNDESCRIBED) -> Metric:
    """Return a metric by its name or an older one.

    Args:
        name: Of the metric.
        scores: Of the answers at hand.

    Raises:
        DataError: There is none; the message names the nearest and those that there are.
    """
    found = find(name, scores)
    if found is None:
        known = [one.name for one in metrics(scores)]
        raise DataError(
            f"no metric is named {name!r}; {did_you_mean(name, known)}known are {', '.join(known)}"
        )
    return found


def numbers(facts: Facts) -> dict[str, float | None]:
    """Return every metric of an arm by name, older names included: what a record holds."""
    return {name: value for one in metrics(facts.scores) for name, value in _named(one, facts)}


def _named(one: Metric, facts: Facts) -> Iterator[tuple[str, float | None]]:
    value = one.value(facts)
    yield from ((name, value) for name in _names(one))


def _names(one: Metric) -> tuple[str, ...]:
    return one.name, *one.older_names
