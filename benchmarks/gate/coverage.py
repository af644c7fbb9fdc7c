"""How often a bound of a paired difference passes a drop that it should not."""

from __future__ import annotations

from pytest_steering.gate.decide import ALPHA, MARGIN
from pytest_steering.statistics import PairedCounts, newcombe
from pytest_steering.statistics.power import outcomes
from pytest_steering.statistics.tango import score_bound

DRAWS = 20_000


def score_false_pass(samples: int, flips: float, alpha: float = ALPHA, margin: float = MARGIN) -> float:
    """Return the chance that the score bound lies below the margin at a true drop of the margin.

    Args:
        samples: paired samples.
        flips: share of samples that flip for no reason, half of them each way.
        alpha: 1 − confidence of the one-sided bound.
        margin: the drop, as a share.
    """
    table = outcomes(samples, margin + flips / 2, flips / 2)
    possible = table.broken + table.fixed <= samples
    broken, fixed = table.broken[possible], table.fixed[possible]
    passed = score_bound(broken, fixed, samples + 0 * broken, 1 - alpha) < margin
    return float(table.probability[possible][passed].sum())


def newcombe_false_pass(
    samples: int, flips: float, accuracy: float, alpha: float = ALPHA, margin: float = MARGIN
) -> float:
    """Return the same for Newcombe's bound, by simulation; it depends on the accuracy before, too.

    Args:
        samples: paired samples.
        flips: share of samples that flip for no reason, half of them each way.
        accuracy: share right before.
        alpha: 1 − confidence of the one-sided bound.
        margin: the drop, as a share.
    """
    import numpy as np

    broken, fixed = margin + flips / 2, flips / 2
    chances = [accuracy - broken, broken, fixed, 1 - accuracy - fixed]
    drawn = np.random.default_rng(samples).multinomial(samples, chances, size=DRAWS)
    tables, counts = np.unique(drawn, axis=0, return_counts=True)
    lows = np.array([newcombe(PairedCounts(*row), 1 - 2 * alpha).low for row in tables.tolist()])
    return float(counts[-lows < margin].sum() / DRAWS)
