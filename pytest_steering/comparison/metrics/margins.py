"""Do margins rank samples with the property above those without it?"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

from pytest_steering.comparison.facts import Facts
from pytest_steering.comparison.metrics.metric import Gap, Metric
from pytest_steering.comparison.metrics.quantities import Carried, Mean
from pytest_steering.comparison.outcomes import absent, margin, margin_both_ways, present
from pytest_steering.records import Outcome
from pytest_steering.statistics import auroc_of, average_precision_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from pytest_steering.statistics import Statistic


@dataclass(frozen=True)
class Ranking:
    """How well a score of the samples ranks those with the property above those without it.

    Attributes:
        score: Of a sample; None where it has none.
        statistic: From labels and scores to the number as a function of weights.
    """

    score: Callable[[Outcome], float | None]
    statistic: Callable[[ArrayLike, ArrayLike], Statistic]

    def value(self, facts: Facts) -> float | None:
        """Return the number with all weights equal."""
        import numpy as np

        return float(self.weighted(facts)(np.ones((1, len(facts.ran))))[0])

    def weighted(self, facts: Facts) -> Statistic:
        """Return the number as a function of the weights of the samples that have a score."""
        import numpy as np

        scores = [self.score(one) for one in facts.ran]
        places = [place for place, score in enumerate(scores) if score is not None]
        labels = [float(facts.ran[place].expected == "yes") for place in places]
        # Only the order counts, and ranks are finite where scores are not.
        ranks = np.unique([scores[place] for place in places], return_inverse=True)[1]
        statistic = self.statistic(labels, ranks)
        if len(places) == len(scores):
            return statistic
        return lambda weights: statistic(weights[:, places])


def d_a(area: float) -> float | None:
    """Sensitivity of a graded answer, d_a = √2 · z(AUROC); needs no threshold and so has no bias in it.

    None where AUROC is 0 or 1: d_a is not finite. Source: Macmillan & Creelman 2005, eq. 3.8.
    """
    return math.sqrt(2) * NormalDist().inv_cdf(area) if 0 < area < 1 else None


def _has(score: Callable[[Outcome], float | None]) -> Callable[[Facts], list[Outcome]]:
    return lambda facts: [one for one in facts.ran if score(one) is not None]


def _one_class(score: Callable[[Outcome], float | None]) -> Callable[[Facts], bool]:
    def applies(facts: Facts) -> bool:
        kept = _has(score)(facts)
        return not (any(map(present, kept)) and any(map(absent, kept)))

    return applies


def _infinite(facts: Facts) -> bool:
    return any(math.isinf(margin(one) or 0.0) for one in facts.ran)


AUROC = Ranking(margin, auroc_of)
NO_MARGIN = Gap("no sample has a margin", lambda facts: not _has(margin)(facts))
ONE_CLASS = Gap("the samples with a margin are all of one class", _one_class(margin))
NONE_PRESENT = Gap(
    "no sample with the property has a margin", lambda facts: not any(map(present, _has(margin)(facts)))
)
PERFECT = Gap("AUROC is 0 or 1, so d_a is not finite", lambda facts: AUROC.value(facts) in (0.0, 1.0))
NOT_BOTH_WAYS = Gap("the opposite question was not asked", lambda facts: not _has(margin_both_ways)(facts))
ONE_CLASS_BOTH_WAYS = Gap("the samples asked both ways are all of one class", _one_class(margin_both_ways))
MARGINS = "samples with a margin"

METRICS = (
    Metric(
        "auroc",
        "AUROC of the margin",
        "chance that a margin with the property exceeds one without it, ties half",
        AUROC,
        over=MARGINS,
        gaps=(NO_MARGIN, ONE_CLASS),
        better="higher",
        unit="probability",
        source="Hanley & McNeil 1982",
    ),
    Metric(
        "average_precision",
        "average precision",
        "Σ (Rₖ − Rₖ₋₁) Pₖ from the highest margin down; its chance level is the share of present",
        Ranking(margin, average_precision_of),
        over=MARGINS,
        gaps=(NO_MARGIN, NONE_PRESENT),
        better="higher",
        source="scikit-learn, `average_precision_score`",
    ),
    Metric(
        "d_a",
        "d_a",
        "√2 · Φ⁻¹(AUROC): sensitivity without a threshold, so without bias",
        Carried("auroc", AUROC, d_a),
        over=MARGINS,
        gaps=(NO_MARGIN, ONE_CLASS, PERFECT),
        better="higher",
        unit="standard deviations",
        bounds=(None, None),
        source="Macmillan & Creelman 2005, eq. 3.8",
    ),
    Metric(
        "margin",
        "mean margin",
        "mean of log p(present) − log p(absent)",
        Mean(margin),
        over=MARGINS,
        gaps=(NO_MARGIN, Gap("a margin is infinite", _infinite)),
        unit="nats",
        bounds=(None, None),
    ),
    Metric(
        "auroc_both_polarities",
        "AUROC over both polarities",
        "AUROC of the mean margin of a question and its opposite, in which a leaning to *yes* cancels",
        Ranking(margin_both_ways, auroc_of),
        over="samples asked both ways",
        gaps=(
            NOT_BOTH_WAYS,
            Gap("the samples asked both ways are all of one class", _one_class(margin_both_ways)),
        ),
        better="higher",
        unit="probability",
        source="Hanley & McNeil 1982",
    ),
)
