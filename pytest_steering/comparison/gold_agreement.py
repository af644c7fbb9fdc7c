"""Does a score say what a gold label says? Asked of each arm: steering moves the words that a score reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pytest_steering.comparison.outcomes import ran, score
from pytest_steering.records import Outcome
from pytest_steering.statistics import Interval, cohen_kappa, share_interval

THRESHOLD = 0.5
ROUNDING = 1e-9
"""Shares of like counts may differ by so much."""


@dataclass(frozen=True)
class GoldAgreement:
    """How often a score agrees with gold labels in one arm.

    Attributes:
        arm: Its name.
        n: Answers with a gold label.
        agreed: Of them, those of which the score says the same.
        unscored: Of them, those that the score could not be had of; they do not agree.
        kappa: Cohen's κ over the others; None where each of the two always says the same.
        interval: 95 % interval of the share, by cluster; None without any label.
    """

    arm: str
    n: int
    agreed: int
    unscored: int
    kappa: float | None
    interval: Interval | None = None

    @property
    def share(self) -> float | None:
        """Share of the labelled answers on which the two agree; None without any."""
        return self.agreed / self.n if self.n else None

    def __str__(self) -> str:
        if self.interval is None:
            return f"{self.arm}: no gold labels"
        unscored = f", {self.unscored} not scored" if self.unscored else ""
        kappa = "" if self.kappa is None else f", κ {self.kappa:.2f}"
        low, high = self.interval
        return f"{self.arm}: {self.agreed} of {self.n} agree ({low:.1%} to {high:.1%}{kappa}{unscored})"


def gold_agreement(
    arm: str,
    outcomes: Iterable[Outcome],
    gold: Mapping[str, bool],
    name: str,
    threshold: float = THRESHOLD,
) -> GoldAgreement:
    """Return how often a score agrees with gold labels in one arm.

    Args:
        arm: Its name.
        outcomes: One a sample; those without a label are left out.
        gold: Labels by the sample's id, of this arm's answers.
        name: Of the score.
        threshold: A score above it says yes.
    """
    of = score(name)
    asked = [one for one in ran(outcomes) if one.id in gold]
    found = [(of(one), bool(gold[one.id])) for one in asked]
    said = [(value > threshold, label) for value, label in found if value is not None]
    agreed = [value is not None and (value > threshold) == label for value, label in found]
    interval = share_interval(agreed, [one.resampled_with for one in asked]) if asked else None
    return GoldAgreement(arm, len(found), sum(agreed), len(found) - len(said), cohen_kappa(said), interval)


def inconclusive(effect: float, one: GoldAgreement, other: GoldAgreement) -> str:
    """Return why an effect says nothing, as a sentence; empty where it may say something.

    A score that reads one arm better than the other makes a difference of its own; an effect no larger than
    the difference of the two agreements may be that.

    Args:
        effect: Change of the score's mean from the one arm to the other, where the score is 0 or 1.
        one: Agreement in the arm that is compared with.
        other: Agreement in the arm that is compared.
    """
    if one.share is None or other.share is None:
        missing = " and ".join(arm.arm for arm in (one, other) if arm.share is None)
        return f"whether the score reads both arms alike is not known: no gold labels in {missing}"
    apart = abs(one.share - other.share)
    if abs(effect) > apart + ROUNDING:
        return ""
    return (
        f"an effect of {effect:+.3f} is inconclusive: the score agrees with gold labels on {one.share:.1%} "
        f"of {one.arm} and {other.share:.1%} of {other.arm} answers, {apart:.3f} apart"
    )
