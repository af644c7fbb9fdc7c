"""Was an option chosen for what it says, or for its letter?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pytest_steering.comparison import STEERED, UNSTEERED, Comparison, estimated_change
from pytest_steering.comparison.outcomes import choosing, margin
from pytest_steering.comparison.pairing import Pair
from pytest_steering.findings.finding import Finding, finding
from pytest_steering.findings.output_checks import LEVEL
from pytest_steering.findings.reader_checks import CONSTANT, LEAST_FOR_CONSTANT
from pytest_steering.statistics import bootstrap

if TYPE_CHECKING:
    from pytest_steering.statistics import Statistic

SHOWN = 0.05
"""An effect whose p lies above is not there once letters are taken out."""

LEFT = 0.2
"""Nor is one of which less than this part is left, or that turns round."""

LEAST_OF_EACH = 4
"""Choices in which an answer is wanted, for its own mean to be known."""

RESAMPLES = 1999


def constant(run: Comparison) -> Iterator[Finding]:
    """Report one answer chosen in nearly every question, though it is not wanted in all of them."""
    for arm in (STEERED, UNSTEERED):
        chosen = [one for one in run.ran(arm) if choosing(one) and one.chosen]
        counts = Counter(one.chosen for one in chosen)
        answer, count = counts.most_common(1)[0] if counts else ("", 0)
        wanted = sum(one.wanted == answer for one in chosen)
        if len(chosen) >= LEAST_FOR_CONSTANT and count > CONSTANT * len(chosen) > wanted:
            yield finding(
                "choice-constant",
                f"{count} of {len(chosen)} choices of the {arm} arm are {answer!r}, which is wanted in "
                f"{wanted}",
                arm=arm,
                chosen=count,
                choices=len(chosen),
                wanted=wanted,
            )


def letters(run: Comparison) -> Iterator[Finding]:
    """Report an effect on the margin that is not there once every answer is wanted equally often.

    Where the options were swapped, a sample's own two orders are averaged; elsewhere the samples are averaged
    by the answer that is wanted, and then the answers. A push to one letter cancels in both.
    """
    both = run.pairing().only(lambda one, other: choosing(other) and None not in (margin(one), margin(other)))
    freed = _freed(both.pairs)
    if freed is None or len(set(both.clusters)) < 2:
        return
    moved = estimated_change(both, "margin")
    if not moved.value or moved.p is None or moved.p > LEVEL:
        return
    left = bootstrap(freed.effect, len(both.pairs), both.clusters, resamples=RESAMPLES)
    if left.p > SHOWN or left.estimate / moved.value < LEFT:
        yield finding(
            "letter-prior",
            f"the margin moved by {moved.value:+.3f} nats, and by {left.estimate:+.3f} (p {left.p:.3f}) "
            f"{freed.how}",
            moved=moved.value,
            freed=left.estimate,
            p=left.p,
        )


class _Freed(NamedTuple):
    """The effect without letters, as a function of the samples' weights, and how they were taken out."""

    effect: Statistic
    how: str


def _freed(pairs: Sequence[Pair]) -> _Freed | None:
    """Return the effect without letters; None where nothing tells them from what options say."""
    swapped = [(one.swapped_margin, other.swapped_margin) for one, other in pairs]
    if pairs and all(None not in both for both in swapped):
        turned = [float(after or 0.0) - float(before or 0.0) for before, after in swapped]
        both = [(one + _moved(pair)) / 2 for one, pair in zip(turned, pairs, strict=True)]
        return _Freed(_mean(both), "over both orders of the options")
    wanted = Counter(after.wanted for _, after in pairs)
    if len(wanted) < 2 or min(wanted.values()) < LEAST_OF_EACH:
        return None
    return _Freed(_by_answer(pairs), f"with {', '.join(sorted(wanted))} wanted equally often")


def _by_answer(pairs: Sequence[Pair]) -> Statistic:
    import numpy as np

    moved = np.array([_moved(pair) for pair in pairs])
    answers = [after.wanted for _, after in pairs]
    masks = np.array([[one == answer for one in answers] for answer in sorted(set(answers))], dtype=float)
    return lambda weights: ((weights * moved) @ masks.T / (weights @ masks.T)).mean(axis=1)


def _mean(values: Sequence[float]) -> Statistic:
    from pytest_steering.statistics import mean_of

    return mean_of(values)


def _moved(pair: Pair) -> float:
    before, after = map(margin, pair)
    return (after or 0.0) - (before or 0.0)


CHECKS = (constant, letters)
