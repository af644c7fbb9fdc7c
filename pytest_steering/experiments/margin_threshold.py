"""Verdicts by a threshold on the margin in place of zero."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from math import isnan
from typing import Any

from pytest_steering.comparison.outcomes import judged
from pytest_steering.records import Outcome


@dataclass(frozen=True)
class Calibration:
    """From which margin on *present* is said.

    Attributes:
        method: `threshold`, the cut with the best balanced accuracy; or `content-free`, the mean margin where
            there is nothing to judge.
        threshold: In nats.
        dataset: What it was fitted on.
        split: Of that.
        samples: How many, or how many prompts without content.
    """

    method: str
    threshold: float
    dataset: str
    split: str
    samples: int

    def spec(self) -> dict[str, Any]:
        """Return what was asked for: all but the threshold, which is found."""
        return {name: value for name, value in vars(self).items() if name != "threshold"}


@dataclass(frozen=True)
class ToFit:
    """A calibration that is fitted where an arm is judged by it, and not where its record is gone on with.

    Attributes:
        spec: What is asked for.
        fit: Fits it.
    """

    spec: Mapping[str, Any]
    fit: Callable[[], Calibration]


def judged_above(outcomes: Iterable[Outcome], threshold: float) -> tuple[Outcome, ...]:
    """Return outcomes with the verdicts of their margins above a threshold; those without one as they are.

    Args:
        outcomes: One a sample.
        threshold: In nats.
    """
    return tuple(_judged(one, threshold) for one in outcomes)


def _judged(outcome: Outcome, threshold: float) -> Outcome:
    if outcome.margin is None:
        return outcome
    said = "none" if isnan(outcome.margin) else "yes" if outcome.margin > threshold else "no"
    found = judged(outcome, said)
    return replace(found, rule="threshold", confidence=None)
