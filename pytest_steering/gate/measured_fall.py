"""The guards of a cell that are measured beside its samples: what steering does to texts that ask nothing.

They are one number a cell and no sample's, so that no test applies. The same vector gives the same number but
for arithmetic, and one that got worse by more than its tolerance is another effect.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_steering.comparison.metrics import metric

if TYPE_CHECKING:
    from pytest_steering.statistics import Alternative

TOLERATED: Mapping[str, float] = {
    "neutral_kl": 0.1,
    "neutral_token_kl": 0.1,
    "neutral_perplexity_ratio": 0.1,
    "off_target_accuracy": 0.05,
}
"""By how much each may get worse, in its unit: nats, nats, of 1 (the unsteered model's), share of tokens."""

Effects = Mapping[str, float]


@dataclass(frozen=True)
class MeasuredFall:
    """What became of a number that is measured beside the samples.

    Attributes:
        name: Of the metric.
        before: In the baseline.
        now: In the run.
    """

    name: str
    before: float
    now: float
    n: int = 1

    @property
    def drop(self) -> float:
        """By how much it got worse."""
        return self.before - self.now if metric(self.name).better == "higher" else self.now - self.before

    def p(self, alternative: Alternative = "two-sided") -> float:
        """Return 0 where it moved by more than is tolerated, else 1: a threshold, and no chance."""
        moved = {"greater": self.drop, "less": -self.drop}.get(alternative, abs(self.drop))
        return 0.0 if moved > TOLERATED[self.name] else 1.0

    smallest_p = p

    def drop_bound(self, _confidence: float) -> float:
        """Return infinity: no bound of a guard is asked for."""
        return math.inf

    def settling_samples(self, _margin: float, _level: float, _confidence: float) -> None:
        """Return None: a guard leaves nothing open."""

    def __str__(self) -> str:
        title, unit = metric(self.name).title, metric(self.name).unit
        return f"{title} {self.before:.3g} → {self.now:.3g} {unit} (tolerated is {TOLERATED[self.name]:g})"


def effects_of(metrics: Mapping[str, float | None]) -> dict[str, float]:
    """Return what a baseline keeps of a record's numbers: those that are judged, to six digits.

    Args:
        metrics: Of a record; what was not measured, or is no number, is left out.
    """
    known = ((name, metrics.get(name)) for name in TOLERATED)
    return {
        name: float(f"{value:.6g}") for name, value in known if value is not None and math.isfinite(value)
    }


def measured_falls(before: Effects, now: Effects) -> Iterator[MeasuredFall]:
    """Yield what became of the numbers that both know."""
    for name in TOLERATED:
        if name in before and name in now:
            yield MeasuredFall(name, before[name], now[name])
