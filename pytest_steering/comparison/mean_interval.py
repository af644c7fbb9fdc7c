"""The interval of a mean, which is a share where all numbers are 0 or 1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pytest_steering.statistics import (
    Interval,
    bounded_interval,
    mean_interval,
    share_interval,
    spread_of_mean,
)


def yes_or_no(numbers: Iterable[float]) -> bool:
    """Tell whether all numbers are 0 or 1; Student's interval of twenty times 1 has no width."""
    return all(number in (0.0, 1.0) for number in numbers)


def interval_of_mean(
    numbers: Sequence[float], clusters: Sequence[str], ends: tuple[float, float] | None = None
) -> Interval:
    """Return the 95 % interval of a mean: of a share where all are 0 or 1, else Student's by cluster.

    Args:
        numbers: One a sample.
        clusters: The cluster of each.
        ends: The least and the largest that a number can be, where they are known.

    Raises:
        DataError: Numbers that are no share are of fewer than two clusters.
    """
    if yes_or_no(numbers):
        return share_interval(numbers, clusters)
    if ends is not None and max(numbers) == min(numbers):
        return bounded_interval(numbers[0], spread_of_mean(numbers, clusters), ends)
    return mean_interval(numbers, clusters)
