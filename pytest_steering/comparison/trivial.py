"""Predictors that know nothing of the question but are not chance: the rows beside every result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from pytest_steering.comparison.confusion import NEVER
from pytest_steering.comparison.facts import Facts
from pytest_steering.comparison.metrics.registry import metric
from pytest_steering.comparison.outcomes import choosing, judged, ran
from pytest_steering.records import Outcome

ALWAYS_YES, ALWAYS_NO = "always yes", "always no"
LENGTH_ONLY = "length only"

LETTERS = 26
"""Options of more different texts than letters are texts of their own: none is there to choose every time."""


def trivial_predictors(outcomes: Sequence[Outcome]) -> dict[str, Facts]:
    """Return *always yes*, *always no* and *length only* on the same samples.

    *length only* is left out where no sample's length is known. Of choices: always the same option, for each.
    """
    kept = ran(outcomes)
    if any(map(choosing, kept)):
        return _one_option(kept)
    found = {ALWAYS_YES: _constant(kept, "yes"), ALWAYS_NO: _constant(kept, "no")}
    predicted = by_length(kept)
    if predicted:
        found[LENGTH_ONLY] = Facts(predicted)
    return found


def constant_answer(facts: Facts) -> str | None:
    """Return what was answered to everything, such as `always (A)`; None where that differs."""
    chosen = {one.chosen for one in facts.ran if choosing(one)}
    if not chosen:
        return facts.confusion.constant
    if not any(chosen):
        return NEVER
    return f"always {chosen.pop()}" if len(chosen) == 1 and len(facts.ran) > 1 else None


def by_length(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Predict from the length of the sample's text alone, in the direction that fits these samples better.

    Length is counted in characters, which is the same for every model and known without one. The margin is
    minus the length, or the length where that ranks better; the answer is yes above the median margin. The
    direction is chosen on the samples themselves, so this is about the most that length can give, and that is
    what a finding has to beat.
    """
    shorter = [replace(one, margin=-float(one.length)) for one in outcomes if one.length is not None]
    area = metric("auroc").value(Facts(shorter))
    sign = -1.0 if area is not None and area < 0.5 else 1.0
    margins = [sign * (one.margin or 0.0) for one in shorter]
    threshold = median(margins) if margins else 0.0
    return [
        judged(replace(one, margin=margin), "yes" if margin > threshold else "no")
        for one, margin in zip(shorter, margins, strict=True)
    ]


def _one_option(outcomes: Sequence[Outcome]) -> dict[str, Facts]:
    """Return what choosing one and the same option gets, for each that is wanted somewhere."""
    options = sorted({one.wanted for one in outcomes})
    return {
        f"always {option}": Facts(judged(one, "yes" if one.wanted == option else "no") for one in outcomes)
        for option in (options if len(options) <= LETTERS else ())
    }


def _constant(outcomes: Sequence[Outcome], answer: str) -> Facts:
    return Facts(judged(replace(one, margin=0.0), answer) for one in outcomes)
