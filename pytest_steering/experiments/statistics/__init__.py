"""Tests, intervals and sample sizes on plain arrays; no model, no records, no torch."""

from __future__ import annotations

from pytest_steering.experiments.statistics.arrays import Alternative, Interval
from pytest_steering.experiments.statistics.auroc import auroc_change, auroc_interval, auroc_of
from pytest_steering.experiments.statistics.bootstrap import (
    Bootstrap,
    Statistic,
    bootstrap,
    bootstrap_change,
    difference_of,
    mean_of,
    on_samples,
)
from pytest_steering.experiments.statistics.mcnemar import (
    PairedCounts,
    mcnemar,
    mcnemar_p_values,
    minimal_discordant,
    paired_counts,
    smallest_p,
)
from pytest_steering.experiments.statistics.multiplicity import TaroneHolm, holm, tarone_holm
from pytest_steering.experiments.statistics.permutation import Rank, rank_among
from pytest_steering.experiments.statistics.proportions import change, newcombe, wilson

__all__ = [
    "Alternative",
    "Bootstrap",
    "Interval",
    "PairedCounts",
    "Rank",
    "Statistic",
    "TaroneHolm",
    "auroc_change",
    "auroc_interval",
    "auroc_of",
    "bootstrap",
    "bootstrap_change",
    "change",
    "difference_of",
    "holm",
    "mcnemar",
    "mcnemar_p_values",
    "mean_of",
    "minimal_discordant",
    "newcombe",
    "on_samples",
    "paired_counts",
    "rank_among",
    "smallest_p",
    "tarone_holm",
    "wilson",
]
