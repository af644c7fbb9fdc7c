"""The arms of a run side by side: who ran, what flipped, and every number by name, each decided here once."""

from pytest_steering.comparison.arm import STEERED, UNSTEERED, Arm
from pytest_steering.comparison.attribution import Moved, what_moved
from pytest_steering.comparison.changes import Changes, ClusterChange
from pytest_steering.comparison.comparison import Comparison
from pytest_steering.comparison.confusion import Confusion, confusion
from pytest_steering.comparison.estimates import Estimate, estimate, estimated_change
from pytest_steering.comparison.facts import Facts
from pytest_steering.comparison.gold_agreement import GoldAgreement, gold_agreement, inconclusive
from pytest_steering.comparison.margin_agreement import Agreement, agreement
from pytest_steering.comparison.outcomes import margin_both_ways
from pytest_steering.comparison.pairing import Pairing, pair
from pytest_steering.comparison.trivial import constant_answer, trivial_predictors

__all__ = [
    "STEERED",
    "UNSTEERED",
    "Agreement",
    "Arm",
    "Changes",
    "ClusterChange",
    "Comparison",
    "Confusion",
    "Estimate",
    "Facts",
    "GoldAgreement",
    "Moved",
    "Pairing",
    "agreement",
    "confusion",
    "constant_answer",
    "estimate",
    "estimated_change",
    "gold_agreement",
    "inconclusive",
    "margin_both_ways",
    "pair",
    "trivial_predictors",
    "what_moved",
]
