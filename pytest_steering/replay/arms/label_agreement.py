"""Does the score say what labels from elsewhere say? In each arm, and beside what the arm changed."""

from __future__ import annotations

from pytest_steering.comparison import Arm, GoldAgreement, gold_agreement, inconclusive
from pytest_steering.comparison.mean_change import mean_change
from pytest_steering.comparison.mean_text import number_text
from pytest_steering.comparison.outcomes import score
from pytest_steering.replay.arms.asked_numbers import GOLD

DIGITS = 2


def label_agreement(arm: Arm, name: str) -> GoldAgreement:
    """Return how often a score says what the labels of an arm's own answers say.

    Args:
        arm: Its answers have their label as the score `gold`.
        name: Of the score.
    """
    of = score(GOLD)
    labels = {one.id: bool(label) for one in arm.run if (label := of(one)) is not None}
    return gold_agreement(arm.name, arm.run, labels, name)


def agreement_text(found: GoldAgreement) -> str:
    """Return such as `99 of 100 [.95, 1.00], κ .98`; nothing without labels."""
    if found.interval is None:
        return ""
    low, high = (number_text(end, DIGITS) for end in found.interval)
    kappa = "" if found.kappa is None else f", κ {number_text(found.kappa, DIGITS)}"
    return f"{found.agreed} of {found.n} [{low}, {high}]{kappa}"


def doubt(arm: Arm, name: str) -> str:
    """Return why what an arm did to a score says nothing, as a sentence; empty where it may say something.

    Args:
        arm: Beside the one that it is compared with.
        name: Of the score.
    """
    if arm.beside is None or arm.facts.beside is None:
        return ""
    effect = mean_change(arm.facts.beside, score(name))
    if not effect.n:
        return ""
    return inconclusive(effect.mean, label_agreement(Arm(arm.beside), name), label_agreement(arm, name))
