"""What is said of one outcome: whether the sample ran, was answered, and rightly. Each said here once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TypeAlias

from pytest_steering.records import Outcome

SAME_MARGIN = 1e-3
"""Margins nearer to each other, in nats, may be one margin in batches of different shape (float32)."""

Property: TypeAlias = Callable[[Outcome], bool]


def ran(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return the outcomes of the samples that were run."""
    return [outcome for outcome in outcomes if not outcome.skipped]


def skipped(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return the outcomes of the samples that were left out."""
    return [outcome for outcome in outcomes if outcome.skipped]


def overflowed(outcome: Outcome) -> bool:
    """Whether the sample was left out because the model's numbers overflowed."""
    return "overflows" in outcome.skipped


def everyone(_outcome: Outcome) -> bool:
    """Whether it is a sample; every one is."""
    return True


def labelled(outcome: Outcome) -> bool:
    """Whether it is known which answer is right."""
    return bool(outcome.expected)


def asked_for_verdict(outcome: Outcome) -> bool:
    """Whether the answer was to say yes or no."""
    return bool(outcome.predicted)


def choosing(outcome: Outcome) -> bool:
    """Whether one of several options was to be chosen."""
    return bool(outcome.wanted)


def written(outcome: Outcome) -> bool:
    """Whether an answer was written; where none was, its likelihoods alone are known."""
    return outcome.margin is None or bool(outcome.tokens or outcome.tokens_sha256 or outcome.response)


GIVEN = (everyone, labelled, asked_for_verdict, choosing, written)
"""What is so of a sample before it is answered, and so in every arm alike."""


def answered(outcome: Outcome) -> bool:
    """Whether a yes or no could be read in the answer."""
    return outcome.predicted not in ("", "none")


def right(outcome: Outcome) -> bool:
    """Whether the answer is right; no answer is not."""
    return outcome.correct is True


def says_yes(outcome: Outcome) -> bool:
    """Whether the answer says that the property is present."""
    return outcome.predicted == "yes"


def present(outcome: Outcome) -> bool:
    """Whether the property is present, as the label has it."""
    return outcome.expected == "yes"


def absent(outcome: Outcome) -> bool:
    """Whether the property is absent, as the label has it."""
    return outcome.expected == "no"


def both(*properties: Property) -> Property:
    """Return whether an outcome has each of some properties, as a property."""
    return lambda outcome: all(one(outcome) for one in properties)


def margin(outcome: Outcome) -> float | None:
    """Return the margin; None where there is none, or one that is no number."""
    return None if outcome.margin is None or math.isnan(outcome.margin) else outcome.margin


def margin_both_ways(outcome: Outcome) -> float | None:
    """Return the mean of the margins for *present* of a question and of its opposite; None without either.

    A leaning b to the word "yes" adds b to the one and −b to the other, and so cancels; evidence for the
    property adds to both.
    """
    if outcome.margin is None or outcome.swapped_margin is None:
        return None
    both = (outcome.margin + outcome.swapped_margin) / 2
    return None if math.isnan(both) else both


def score(name: str) -> Callable[[Outcome], float | None]:
    """Return what gives the score of a name that the task gave an answer; None where it has none."""
    return lambda outcome: outcome.scores.get(name)


def same_answer(one: Outcome, other: Outcome) -> bool:
    """Whether two answers are the same: token for token, or in their margin where none was written.

    A margin moves in its last digits with what else is in the batch.
    """
    if written(one) or written(other):
        return one.tokens_sha256 == other.tokens_sha256
    before, after = one.margin or 0.0, other.margin or 0.0
    return before == after or abs(before - after) <= SAME_MARGIN


def unended(outcome: Outcome) -> bool:
    """Whether no stop token ended the answer, where it was not its verdict that did."""
    return outcome.ended is False


def judged(outcome: Outcome, predicted: str) -> Outcome:
    """Return the outcome with another answer; whether it is right follows from the label."""
    correct = None if predicted == "none" else predicted == outcome.expected
    return outcome.but(predicted=predicted, correct=correct)
