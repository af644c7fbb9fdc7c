"""Twin pairs by their two answers, beside what the yes-rate alone explains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_steering.comparison.facts import Facts
from pytest_steering.comparison.metrics.metric import Better, Gap, Metric
from pytest_steering.comparison.metrics.quantities import Plain, Share, weighted_mean
from pytest_steering.comparison.metrics.rates import NO_ANSWERS
from pytest_steering.comparison.outcomes import answered, says_yes
from pytest_steering.comparison.twin_outcomes import UNANSWERED, Twins

if TYPE_CHECKING:
    from pytest_steering.statistics import Statistic


@dataclass(frozen=True)
class OfTwins:
    """The mean of a number over twin pairs; a resample draws both twins or none.

    Attributes:
        of: The number of each complete pair; None where it has none.
    """

    of: Callable[[Twins], Sequence[float | None]]

    def value(self, facts: Facts) -> float | None:
        """Return the mean."""
        known = [number for number in self.of(facts.twins) if number is not None]
        return sum(known) / len(known) if known else None

    def weighted(self, facts: Facts) -> Statistic:
        """Return the mean under the weight of the present twin."""
        places = facts.places(one for one, _ in facts.twins.complete)
        return weighted_mean(self.of(facts.twins), places)


def explained_by_yes_rate(facts: Facts) -> float | None:
    """Return y(1 − y): the share of answered pairs that is right (and reversed) by the yes-rate alone.

    A predictor that says yes with probability y whatever it is shown gets P-C and P-R each with y(1 − y), P-V
    with y² and P-B with (1 − y)².
    """
    rate = Share(says_yes, answered).value(facts)
    return None if rate is None else rate * (1 - rate)


def _kind(kind: str) -> OfTwins:
    return OfTwins(lambda twins: [float(one == kind) for one in twins.kinds])


NO_PAIRS = Gap("there is no complete twin pair", lambda facts: not facts.twins.complete)
NO_TWO_MARGINS = Gap(
    "no pair has two margins", lambda facts: all(one is None for one in facts.twins.rankings)
)
PAIRS = "complete twin pairs"
DING = "Ding et al. 2024"


def _pairs(name: str, title: str, meaning: str, kind: str, better: Better = "neither") -> Metric:
    return Metric(name, title, meaning, _kind(kind), PAIRS, (NO_PAIRS,), better, source=DING)


METRICS = (
    _pairs("pair_correct", "P-C, both right", "both twins right / pairs", "P-C", "higher"),
    Metric(
        "pair_correct_by_yes_rate",
        "y(1−y), by the yes-rate alone",
        "y(1 − y), y the yes-rate: the share of answered pairs that is right (and that is reversed) where a "
        "predictor says yes that often and looks at nothing",
        Plain(explained_by_yes_rate),
        over="answered samples",
        gaps=(NO_ANSWERS,),
        bounds=(0.0, 0.25),
    ),
    _pairs("pair_vulnerable", "P-V, both answered yes", "both answered *present* / pairs", "P-V"),
    _pairs("pair_benign", "P-B, both answered no", "both answered *absent* / pairs", "P-B"),
    _pairs("pair_reversed", "P-R, both wrong", "both wrong / pairs", "P-R", "lower"),
    _pairs(
        "pair_unanswered",
        "pairs not wholly answered",
        "at least one twin not answered / pairs",
        UNANSWERED,
        "lower",
    ),
    Metric(
        "pair_ranking_accuracy",
        "pair ranking accuracy",
        "pairs whose twin with the property has the higher margin, ties half / pairs with two margins",
        OfTwins(lambda twins: twins.rankings),
        over="twin pairs with two margins",
        gaps=(NO_PAIRS, NO_TWO_MARGINS),
        better="higher",
    ),
)
