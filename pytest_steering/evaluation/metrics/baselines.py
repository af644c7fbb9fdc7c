"""Predictors that know nothing of the code but are not chance: the rows beside every result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from pytest_steering.evaluation.metrics.ranking import auroc
from pytest_steering.evaluation.metrics.score import Metrics, score
from pytest_steering.evaluation.metrics.scored import Scored

ALWAYS_YES, ALWAYS_NO = "always yes", "always no"
LENGTH_ONLY = "length only"


def baselines(rows: Sequence[Scored]) -> dict[str, Metrics]:
    """Return the numbers of *always yes*, *always no* and *length only* on the same samples.

    *length only* is left out where no row has a length.
    """
    found = {ALWAYS_YES: _constant(rows, "yes"), ALWAYS_NO: _constant(rows, "no")}
    predicted = by_length(rows)
    if predicted:
        found[LENGTH_ONLY] = score(predicted, resamples=0)
    return found


def by_length(rows: Sequence[Scored]) -> list[Scored]:
    """Predict from the code's length alone, in the direction that fits these samples better.

    The margin is minus the length (a patch often adds lines, so short code is called vulnerable), or the
    length where that ranks better; the answer is yes above the median margin. The direction is chosen on the
    samples themselves, so this is about the most that length can give, and that is what a finding has to
    beat.
    """
    shorter = [replace(row, margin=-float(row.length)) for row in rows if row.length is not None]
    area = auroc(shorter)
    sign = -1.0 if area is not None and area < 0.5 else 1.0
    margins = [sign * (row.margin or 0.0) for row in shorter]
    threshold = median(margins) if margins else 0.0
    return [
        replace(row, margin=margin, predicted="yes" if margin > threshold else "no")
        for row, margin in zip(shorter, margins, strict=True)
    ]


def _constant(rows: Sequence[Scored], answer: str) -> Metrics:
    return score([replace(row, predicted=answer, margin=0.0) for row in rows], resamples=0)
