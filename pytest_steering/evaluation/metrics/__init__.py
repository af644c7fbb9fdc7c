"""Numbers that show whether answers are right, and whether they are all the same answer."""

from pytest_steering.evaluation.metrics.agreement import Agreement, agreement
from pytest_steering.evaluation.metrics.baselines import baselines, by_length
from pytest_steering.evaluation.metrics.confusion import (
    Confusion,
    accuracy_all,
    accuracy_answered,
    answered_share,
    balanced_accuracy,
    balanced_accuracy_all,
    confusion,
    constant_predictor,
    mcc,
    tnr,
    tpr,
    yes_rate,
)
from pytest_steering.evaluation.metrics.detection import SATURATED, criterion, d_a, d_prime
from pytest_steering.evaluation.metrics.pairs import Pairs, explained_by_yes_rate, pair_outcomes
from pytest_steering.evaluation.metrics.ranking import Interval, auroc, average_precision, ranking_intervals
from pytest_steering.evaluation.metrics.score import GROUPS, Metrics, score, score_by
from pytest_steering.evaluation.metrics.scored import Scored, clusters, scored
from pytest_steering.evaluation.metrics.table import footnotes, group_table, metrics_table

__all__ = [
    "GROUPS",
    "SATURATED",
    "Agreement",
    "Confusion",
    "Interval",
    "Metrics",
    "Pairs",
    "Scored",
    "accuracy_all",
    "accuracy_answered",
    "agreement",
    "answered_share",
    "auroc",
    "average_precision",
    "balanced_accuracy",
    "balanced_accuracy_all",
    "baselines",
    "by_length",
    "clusters",
    "confusion",
    "constant_predictor",
    "criterion",
    "d_a",
    "d_prime",
    "explained_by_yes_rate",
    "footnotes",
    "group_table",
    "mcc",
    "metrics_table",
    "pair_outcomes",
    "ranking_intervals",
    "score",
    "score_by",
    "scored",
    "tnr",
    "tpr",
    "yes_rate",
]
