"""What an arm did to the number that a run is about: accuracy, the mean margin, or the mean of a score."""

from __future__ import annotations

from statistics import fmean

from pytest_steering.comparison.arm import UNSTEERED
from pytest_steering.comparison.comparison import Comparison
from pytest_steering.comparison.metrics.sample_numbers import number_of
from pytest_steering.comparison.outcomes import labelled, right
from pytest_steering.comparison.pairing import Pair, Pairing
from pytest_steering.records import Outcome

ACCURACY = "accuracy"


def main_number(run: Comparison, outcome: Outcome) -> float | None:
    """Return what a sample adds to the number that a run is about; None where it has none.

    Args:
        run: Says which number that is.
        outcome: The sample.
    """
    if run.main_metric != ACCURACY:
        return number_of(run.main_metric)(outcome)
    return float(right(outcome)) if labelled(outcome) else None


def paired_changes(run: Comparison, pairing: Pairing) -> tuple[list[float], Pairing]:
    """Return the change of each sample's number, and the pairs that have both numbers.

    Args:
        run: Says which number is meant.
        pairing: Samples in two of its arms.
    """
    changes: list[float] = []
    pairs: list[Pair] = []
    for before, after in pairing.pairs:
        first, second = main_number(run, before), main_number(run, after)
        if first is not None and second is not None:
            changes.append(second - first)
            pairs.append((before, after))
    return changes, Pairing(tuple(pairs))


def main_effect(run: Comparison, arm: str, base: str = UNSTEERED) -> float | None:
    """Return the mean change of the number that a run is about; None where no sample has it in both arms.

    Args:
        run: Its arms.
        arm: Whose change.
        base: From where.
    """
    found, _ = paired_changes(run, run.pairing(arm, base))
    return fmean(found) if found else None
