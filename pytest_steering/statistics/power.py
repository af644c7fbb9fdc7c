"""How large an effect n paired samples can show, and how many samples a comparison needs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from pytest_steering.statistics.arrays import Alternative, require
from pytest_steering.statistics.paired import mcnemar_p_values

if TYPE_CHECKING:
    from pytest_steering.statistics.arrays import Floats, Integers

MOST_SAMPLES = 100_000
"""Above this many samples "more samples" is no advice, and None is returned."""

TAIL = 9.0
"""Standard deviations of the counts that a sum over outcomes covers; the rest is below 1e-18."""


class Outcomes(NamedTuple):
    """Every pair of discordant counts worth summing over, with its probability."""

    broken: Integers
    fixed: Integers
    probability: Floats


def outcomes(samples: int, broken: float, fixed: float) -> Outcomes:
    """Return the trinomial distribution of discordant counts.

    Args:
        samples: paired samples, at least one.
        broken: chance that a sample breaks.
        fixed: chance that a sample is fixed; the two sum to at most 1.

    Raises:
        DataError: if there is no sample or the chances are impossible.
    """
    import numpy as np
    from scipy.stats import binom

    require(samples > 0, f"{samples} paired samples; expected at least one")
    possible = min(broken, fixed) >= 0 and broken + fixed <= 1 + 1e-12
    require(possible, f"Chances {broken} of breaking and {fixed} of being fixed; expected a sum of at most 1")
    b, c = np.meshgrid(_likely(samples, broken), _likely(samples, fixed), indexing="ij")
    rest = fixed / (1 - broken) if broken < 1 else 0.0
    given = binom.pmf(c, np.maximum(samples - b, 0), min(rest, 1.0))
    return Outcomes(b, c, np.asarray(binom.pmf(b, samples, broken) * given, dtype=np.float64))


def mcnemar_power(
    samples: int, effect: float, flips: float, level: float, alternative: Alternative = "greater"
) -> float:
    """Return the chance that the exact McNemar test finds an effect, summed over all outcomes.

    Args:
        samples: paired samples.
        effect: share broken − share fixed, from 0 to 1 − flips (by symmetry also that of an improvement).
        flips: share of samples that flip for no reason, half of them each way.
        level: p at or below this is found.
        alternative: "greater" for a test in the direction of the effect, "two-sided" otherwise.

    Raises:
        DataError: if the shares are impossible.
    """
    table = outcomes(samples, flips / 2 + effect, flips / 2)
    found = mcnemar_p_values(table.broken, table.fixed, alternative) <= level
    return float(table.probability[found].sum())


def minimum_detectable_effect(
    samples: int, flips: float, level: float, power: float = 0.8, alternative: Alternative = "two-sided"
) -> float | None:
    """Return the smallest effect that the exact McNemar test finds with this power, to within 1e-4.

    Args:
        samples: paired samples.
        flips: share of samples that flip for no reason, half of them each way.
        level: level of the test.
        power: chance of finding the effect.
        alternative: of the test.

    Returns:
        The effect as a share of samples, or None if n samples cannot show any effect.
    """
    low, high = 0.0, 1.0 - flips
    if mcnemar_power(samples, high, flips, level, alternative) < power:
        return None
    while high - low > 1e-4:
        middle = (low + high) / 2
        enough = mcnemar_power(samples, middle, flips, level, alternative) >= power
        low, high = (low, middle) if enough else (middle, high)
    return high


def samples_for_effect(
    effect: float, flips: float, level: float, power: float = 0.8, alternative: Alternative = "two-sided"
) -> int | None:
    """Return how many paired samples the exact McNemar test needs to find an effect with this power.

    Args:
        effect: share broken − share fixed, above 0 (or the reverse).
        flips: share of samples that flip for no reason, half of them each way.
        level: level of the test.
        power: chance of finding the effect.
        alternative: of the test.

    Returns:
        The number of samples, or None above 100,000.
    """
    return first_count(lambda n: mcnemar_power(n, effect, flips, level, alternative) >= power, 1)


def first_count(enough: Callable[[int], bool], start: int) -> int | None:
    """Return the smallest count from start on that is enough, by doubling and halving, or None."""
    low, high = start - 1, start
    while not enough(high):
        if high >= MOST_SAMPLES:
            return None
        low, high = high, min(2 * high, MOST_SAMPLES)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _likely(samples: int, chance: float) -> Integers:
    """Return the counts within reach of a binomial's mean."""
    import numpy as np

    mean, spread = samples * chance, TAIL * math.sqrt(samples * chance * (1 - min(chance, 1.0))) + TAIL
    low, high = math.floor(mean - spread), math.ceil(mean + spread)
    return np.arange(max(0, low), min(samples, high) + 1)
