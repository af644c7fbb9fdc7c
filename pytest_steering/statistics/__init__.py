"""Tests, intervals and sample sizes on plain arrays; no model, no records, no torch."""

from __future__ import annotations

from pytest_steering.statistics.arrays import Alternative, Interval
from pytest_steering.statistics.auroc import auroc_of
from pytest_steering.statistics.average_precision import average_precision_of
from pytest_steering.statistics.bounded import bounded_interval, share_interval
from pytest_steering.statistics.cluster_mean import (
    ClusterMean,
    by_cluster,
    cluster_mean,
    mean_interval,
    rise_bound,
)
from pytest_steering.statistics.clustering import (
    APART,
    Clustering,
    clustering,
    design_effect,
)
from pytest_steering.statistics.dose import DoseResponse, dose_response, slopes
from pytest_steering.statistics.heterogeneity import Heterogeneity, cochran_q
from pytest_steering.statistics.jackknife import jackknife
from pytest_steering.statistics.kappa import cohen_kappa
from pytest_steering.statistics.mean_flip import mean_flip
from pytest_steering.statistics.mean_power import (
    detectable_mean_change,
    mean_power,
    mean_settling_samples,
    samples_for_mean_change,
)
from pytest_steering.statistics.multiplicity import TaroneHolm, holm, tarone_holm
from pytest_steering.statistics.null_ranks import NullRanks
from pytest_steering.statistics.paired import (
    PairedCounts,
    mcnemar,
    mcnemar_p_values,
    paired_counts,
    smallest_p,
)
from pytest_steering.statistics.paired_share import paired_share_interval
from pytest_steering.statistics.permutation import Rank, rank_among
from pytest_steering.statistics.power import (
    mcnemar_power,
    minimum_detectable_effect,
    samples_for_effect,
)
from pytest_steering.statistics.proportions import change, newcombe, wilson
from pytest_steering.statistics.resampling import Bootstrap, bootstrap
from pytest_steering.statistics.settling import scaled_samples, settled_share, settling_samples
from pytest_steering.statistics.sign_flip import sign_flip
from pytest_steering.statistics.spread import Spread, spread_of_mean
from pytest_steering.statistics.steerability import Generalisation, generalisation, rank_correlation
from pytest_steering.statistics.steered_items import Steerability
from pytest_steering.statistics.student import student_interval, student_p
from pytest_steering.statistics.tango import score_bound, tango
from pytest_steering.statistics.weighted import Statistic, difference_of, mean_of

__all__ = [
    "APART",
    "Alternative",
    "Bootstrap",
    "ClusterMean",
    "Clustering",
    "DoseResponse",
    "Generalisation",
    "Heterogeneity",
    "Interval",
    "NullRanks",
    "PairedCounts",
    "Rank",
    "Spread",
    "Statistic",
    "Steerability",
    "TaroneHolm",
    "auroc_of",
    "average_precision_of",
    "bootstrap",
    "bounded_interval",
    "by_cluster",
    "change",
    "cluster_mean",
    "clustering",
    "cochran_q",
    "cohen_kappa",
    "design_effect",
    "detectable_mean_change",
    "difference_of",
    "dose_response",
    "generalisation",
    "holm",
    "jackknife",
    "mcnemar",
    "mcnemar_p_values",
    "mcnemar_power",
    "mean_flip",
    "mean_interval",
    "mean_of",
    "mean_power",
    "mean_settling_samples",
    "minimum_detectable_effect",
    "newcombe",
    "paired_counts",
    "paired_share_interval",
    "rank_among",
    "rank_correlation",
    "rise_bound",
    "samples_for_effect",
    "samples_for_mean_change",
    "scaled_samples",
    "score_bound",
    "settled_share",
    "settling_samples",
    "share_interval",
    "sign_flip",
    "slopes",
    "smallest_p",
    "spread_of_mean",
    "student_interval",
    "student_p",
    "tango",
    "tarone_holm",
    "wilson",
]
