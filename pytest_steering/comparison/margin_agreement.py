"""Do the sign of the margin and the verdict of the text say the same?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pytest_steering.comparison.outcomes import answered, margin, ran, says_yes
from pytest_steering.records import Outcome
from pytest_steering.statistics import Interval, cohen_kappa, share_interval


@dataclass(frozen=True)
class Agreement:
    """Two ways to one answer, on the samples that have both.

    Attributes:
        n: Samples with a margin and a readable answer.
        share: Of them, those on which sign and verdict agree; None without any.
        kappa: Cohen's κ, agreement beyond what the two yes-rates alone explain; None where both are 0 or
            both are 1.
        interval: 95 % interval of the share, by cluster; None without any.
    """

    n: int
    share: float | None
    kappa: float | None
    interval: Interval | None = None


def agreement(outcomes: Iterable[Outcome]) -> Agreement:
    """Compare the sign of the margin (above 0 is *yes*) with the verdict, over answered samples.

    Args:
        outcomes: One a sample; those without a margin or an answer are left out.
    """
    asked = [one for one in ran(outcomes) if answered(one) and margin(one) is not None]
    if not asked:
        return Agreement(0, None, None)
    both = [((margin(one) or 0.0) > 0, says_yes(one)) for one in asked]
    agreed = [sign == verdict for sign, verdict in both]
    interval = share_interval(agreed, [one.resampled_with for one in asked])
    return Agreement(len(both), sum(agreed) / len(both), cohen_kappa(both), interval)
