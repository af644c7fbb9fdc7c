"""Numbers of an arm with their 95 % intervals, alone and as a paired change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_steering.errors import DataError
from pytest_steering.statistics import (
    auroc_of,
    bootstrap,
    difference_of,
    mcnemar,
    mean_of,
    newcombe,
    paired_counts,
    wilson,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_steering.experiments.result import Arm
    from pytest_steering.records import Outcome
    from pytest_steering.statistics.weighted import Statistic


@dataclass(frozen=True)
class Estimate:
    """A number with its interval.

    Attributes:
        value: None where it is undefined.
        low: Lower end of the 95 % interval.
        high: Upper end.
        samples: Number of samples it rests on.
        why: Why it is undefined.
        p: Of a paired change: two-sided against no change; None for a number by itself.
    """

    value: float | None
    low: float
    high: float
    samples: int
    why: str = ""
    p: float | None = None


def estimate(arm: Arm, metric: str) -> Estimate:
    """Return a number of an arm with its interval.

    Shares get Wilson's interval; other numbers over samples the bootstrap's, clustered by twin pair; numbers
    over fixed texts (`neutral_kl`, `off_target_accuracy`) are taken as they are.

    Args:
        arm: One condition.
        metric: Name of the number.

    Raises:
        DataError: No number has that name.
    """
    if metric in _SHARES:
        return _share(_flags(arm, metric))
    if metric in _STATISTICS and arm.run:
        return _bootstrapped(_STATISTICS[metric](arm), arm)
    value = arm[metric]
    known = value if value is not None else float("nan")
    why = arm.metrics.undefined.get(metric, _ABSENT if value is None else "")
    return Estimate(value, known, known, len(arm.run), why)


def paired_change(arm: Arm, base: Arm, metric: str) -> Estimate:
    """Return arm − base of a number over the same samples, with its interval.

    Shares of all samples get Newcombe's interval for paired proportions; other numbers the bootstrap's,
    clustered by twin pair.

    Args:
        arm: One condition.
        base: The other; what either skipped is left out.
        metric: Name of the number.

    Raises:
        DataError: No paired number has that name.
    """
    arm, base = arm.where_both_ran(base)
    if metric in _SHARES:
        counts = paired_counts(_flags(base, metric), _flags(arm, metric))
        interval = newcombe(counts)
        change, p = (counts.fixed - counts.broken) / counts.n, mcnemar(counts.broken, counts.fixed)
        return Estimate(change, interval.low, interval.high, counts.n, p=p)
    if metric not in _STATISTICS:
        known = ", ".join([*_SHARES, *_STATISTICS])
        raise DataError(f"{metric!r} has no paired difference; those that have are {known}")
    difference = difference_of(_STATISTICS[metric](arm), _STATISTICS[metric](base))
    return _bootstrapped(difference, arm, paired=True)


_ABSENT = "not measured in this arm"

_SHARES: dict[str, Callable[[Outcome], bool]] = {
    "accuracy": lambda outcome: outcome.correct is True,
    "accuracy_all": lambda outcome: outcome.correct is True,
    "answered_share": lambda outcome: outcome.predicted != "none",
}


def _flags(arm: Arm, metric: str) -> list[bool]:
    return [_SHARES[metric](outcome) for outcome in arm.run]


def _share(flags: list[bool]) -> Estimate:
    interval = wilson(sum(flags), len(flags))
    return Estimate(sum(flags) / len(flags), interval.low, interval.high, len(flags))


def _bootstrapped(statistic: Statistic, arm: Arm, paired: bool = False) -> Estimate:
    clusters = [outcome.resampled_with for outcome in arm.run]
    found = bootstrap(statistic, len(arm.run), clusters, resamples=1999)
    p = found.p if paired else None
    return Estimate(found.estimate, found.low, found.high, len(arm.run), p=p)


def _balanced_accuracy(arm: Arm) -> Statistic:
    """Return the mean of both classes' shares of right answers; no answer is not right."""
    right, present = _array(arm, lambda o: o.correct is True), _array(arm, lambda o: o.expected == "yes")

    def statistic(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        classes = (present, 1 - present)
        rates = [weights @ (right * members) / (weights @ members) for members in classes]
        balanced: NDArray[np.float64] = (rates[0] + rates[1]) / 2
        return balanced

    return statistic


def _yes_rate(arm: Arm) -> Statistic:
    yes, answered = _array(arm, lambda o: o.predicted == "yes"), _array(arm, lambda o: o.predicted != "none")

    def statistic(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        rate: NDArray[np.float64] = weights @ yes / (weights @ answered)
        return rate

    return statistic


def _auroc(arm: Arm) -> Statistic:
    return auroc_of(_array(arm, lambda o: o.expected == "yes"), _array(arm, _margin))


def _mean_margin(arm: Arm) -> Statistic:
    return mean_of(_array(arm, _margin))


def _margin(outcome: Outcome) -> float:
    if outcome.margin is None:
        raise DataError(f"sample {outcome.id!r} has no margin; the choices were not scored")
    return outcome.margin


def _array(arm: Arm, value: Callable[[Outcome], float]) -> NDArray[np.float64]:
    import numpy as np

    return np.array([float(value(outcome)) for outcome in arm.run])


_STATISTICS: dict[str, Callable[[Arm], Statistic]] = {
    "balanced_accuracy": _balanced_accuracy,
    "yes_rate": _yes_rate,
    "auroc": _auroc,
    "margin": _mean_margin,
}
