"""Does something that is no steering do as well: another threshold, words, the answer's own direction?"""

from __future__ import annotations

from collections.abc import Iterator
from math import copysign

from pytest_steering.comparison import STEERED, Comparison, Estimate, estimated_change
from pytest_steering.comparison.main_effect import ACCURACY, main_effect
from pytest_steering.findings.finding import Finding, finding

RIVALS = {
    "threshold": (
        "threshold-as-good",
        "where the unsteered margin is judged by a threshold fitted elsewhere",
    ),
    "prompted": ("prompt-as-good", "where it was asked for in words"),
    "unembedding": ("unembedding-as-good", "along the answer's own rows of the output layer"),
}
"""By what the arms' names begin with: the finding, and what to call it."""


def rivals(run: Comparison) -> Iterator[Finding]:
    """Report each rival that does as much as the vector, the way that the vector moved the number.

    A rival does as much where it moved the number that way too, and the paired 95 % interval of steered −
    rival holds zero or lies on its far side. Accuracy has to be certainly better by itself and balanced: of
    unequal classes either alone can be had for nothing.
    """
    effect = main_effect(run, STEERED)
    for kind in RIVALS if effect else ():
        arms = [arm.name for arm in run.controls if arm.name.partition(":")[0] == kind]
        moved = {name: value for name in arms if (value := main_effect(run, name)) is not None}
        if moved:
            best = max(moved, key=lambda name: copysign(1, effect or 0.0) * moved[name])
            yield from _beside(run, kind, best, effect or 0.0, moved[best])


def _beside(run: Comparison, kind: str, arm: str, effect: float, other: float) -> Iterator[Finding]:
    left = _left(run, arm, effect) if other * effect > 0 else None
    if left is None:
        return
    name, what = RIVALS[kind]
    yield finding(
        name,
        f"{run.main_metric} moved by {effect:+.3g} under the vector, by {other:+.3g} {what}; the difference "
        f"is {left.number:+.3g}, 95 % interval [{left.low:+.3g}, {left.high:+.3g}], n = {left.samples}",
        effect=effect,
        rival=other,
        low=left.low,
        high=left.high,
    )


def _left(run: Comparison, arm: str, effect: float) -> Estimate | None:
    """Return the difference that is not certainly in the vector's favour; None where there is none such."""
    both = run.pairing(STEERED, arm)
    names = (ACCURACY, "balanced_accuracy") if run.main_metric == ACCURACY else (run.main_metric,)
    for name in names if both.pairs else ():
        change = estimated_change(both, name)
        ahead = change.low > 0 if effect > 0 else change.high < 0
        if change.value is not None and not ahead:
            return change
    return None


CHECKS = (rivals,)
