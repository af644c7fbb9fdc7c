"""Does anything else explain the effect: random directions, shuffled labels, one weakness, length?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_steering.findings.cells import STEERED, UNSTEERED, Cells
from pytest_steering.findings.finding import Finding, finding
from pytest_steering.findings.outputs import LEVEL
from pytest_steering.records import Outcome
from pytest_steering.statistics import cochran_q, mcnemar

TRUTH = 0.7
"""An unsteered AUROC from here on says that the truth was there before."""


def random(cells: Cells) -> Iterator[Finding]:
    """Report an effect within the range of the random directions'."""
    effects = {name: cells.effect(name) for name in cells.controls if name.startswith("random")}
    effect = cells.effect(STEERED)
    if effects and abs(effect) <= max(map(abs, effects.values())):
        largest = max(effects, key=lambda name: abs(effects[name]))
        yield finding(
            "random-as-large",
            f"accuracy moved by {effect:+.3f} under the vector, by {effects[largest]:+.3f} under {largest}",
            effect=effect,
            random=effects,
        )


def shuffled(cells: Cells) -> Iterator[Finding]:
    """Report that a vector from shuffled labels gives as many right answers, as far as can be told."""
    both = cells.pairs(STEERED, "shuffled")
    if not both:
        return
    worse = sum(one.correct is True and other.correct is not True for one, other in both)
    better = sum(one.correct is not True and other.correct is True for one, other in both)
    p = mcnemar(worse, better, "less")
    if p > 0.05:
        effects = f"{cells.effect(STEERED):+.3f} and {cells.effect('shuffled'):+.3f}"
        yield finding("shuffled-as-well", f"effects {effects}, one-sided p {p:.3f}", p=p)


def groups(cells: Cells) -> Iterator[Finding]:
    """Report an effect that differs between weaknesses."""
    both = cells.pairs()
    weaknesses = [before.asked_cwe for before, _ in both]
    if len(set(weaknesses)) < 2:
        return
    changes = [float(after.correct is True) - float(before.correct is True) for before, after in both]
    q = cochran_q(changes, weaknesses, _clusters(both))
    if q.p <= LEVEL:
        elsewhere = {name: _mean_elsewhere(changes, weaknesses, str(name)) for name in q.effects}
        top = max(q.effects, key=lambda name: abs(q.effects[name] - elsewhere[name]))
        yield finding(
            "one-group-carries",
            f"accuracy moved by {q.effects[top]:+.2f} in {top}, by {elsewhere[top]:+.2f} in the "
            f"rest (Cochran's Q {q.q:.1f}, p {q.p:.4f})",
            effects={str(name): effect for name, effect in q.effects.items()},
            p=q.p,
        )


def _mean_elsewhere(changes: Sequence[float], weaknesses: Sequence[str], name: str) -> float:
    rest = [change for change, weakness in zip(changes, weaknesses, strict=True) if weakness != name]
    return sum(rest) / len(rest)


def prompt_length(cells: Cells) -> Iterator[Finding]:
    """Report that the prompt's length alone ranks as well as the steered margin."""
    outcomes = [one for one in cells.ran(STEERED) if one.margin is not None]
    margin, tokens = (
        area(outcomes, [one.margin or 0.0 for one in outcomes]),
        area(outcomes, [float(one.prompt_tokens) for one in outcomes]),
    )
    if margin is None or tokens is None:
        return
    by_length = max(tokens, 1 - tokens)
    if by_length >= margin and by_length > 0.5:
        yield finding(
            "length-ranks-as-well",
            f"AUROC {by_length:.3f} by length, {margin:.3f} by the steered margin",
            length=by_length,
            margin=margin,
        )


def truth(cells: Cells) -> Iterator[Finding]:
    """Report that the unsteered margin ranks well already."""
    outcomes = [one for one in cells.ran(UNSTEERED) if one.margin is not None]
    before = area(outcomes, [one.margin or 0.0 for one in outcomes])
    if before is not None and before >= TRUTH:
        yield finding("truth-was-there", f"the unsteered AUROC is {before:.3f}", auroc=before)


def missing(cells: Cells) -> Iterator[Finding]:
    """Note controls that were not run."""
    wanted = ("zero", "random", "negated", "shuffled")
    absent = [name for name in wanted if not any(arm.partition(":")[0] == name for arm in cells.controls)]
    if absent and STEERED in cells.arms:
        yield finding("controls-missing", f"not run: {', '.join(absent)}", missing=absent)


def area(outcomes: Sequence[Outcome], scores: Sequence[float]) -> float | None:
    """Return the AUROC of scores for *present*, ties counted half; None where a class is missing."""
    present = [score for one, score in zip(outcomes, scores, strict=True) if one.expected == "yes"]
    absent = [score for one, score in zip(outcomes, scores, strict=True) if one.expected == "no"]
    if not present or not absent:
        return None
    beaten = sum((high > low) + 0.5 * (high == low) for high in present for low in absent)
    return beaten / (len(present) * len(absent))


def _clusters(both: Sequence[tuple[Outcome, Outcome]]) -> list[str]:
    return [f"{before.asked_cwe} {before.resampled_with}" for before, _ in both]


CHECKS = (random, shuffled, groups, prompt_length, truth, missing)
