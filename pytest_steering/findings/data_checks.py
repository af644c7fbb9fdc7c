"""Are the scored samples new to the vector, each of them one sample, and enough?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from pytest_steering.comparison import STEERED, Comparison, estimated_change
from pytest_steering.comparison.main_effect import ACCURACY
from pytest_steering.comparison.mean_change import mean_change
from pytest_steering.comparison.metrics import number_of
from pytest_steering.comparison.outcomes import overflowed
from pytest_steering.comparison.outcomes import skipped as skipped_of
from pytest_steering.counted import have
from pytest_steering.findings.finding import Finding, finding
from pytest_steering.records import Outcome
from pytest_steering.statistics import (
    minimum_detectable_effect,
    samples_for_effect,
    samples_for_mean_change,
)

MANY_COPIES = 0.1
"""Share of samples or pairs from which on copies are named; intervals and tests know of fewer, too."""

POWER_LEVEL = 0.05
CLAIM = 0.10
"""Ten points."""

SURE = 1e-4
"""A change that chance makes more rarely is shown, however few the samples are."""


def overlap(run: Comparison) -> Iterator[Finding]:
    """Report scored samples that the vector was made from; few that are nearly among its texts limit it."""
    shared = run.evidence.get("overlap") or {}
    certain, near = shared.get("samples", 0), shared.get("near", 0)
    listed = "; ".join(shared.get("examples", ()))
    if certain or _many(shared):
        sentence = f"{have(certain + near, 'scored sample', 'was', 'were')} trained on: {listed}"
        yield finding("train-test-overlap", sentence, **shared)
    elif near:
        few = f"{near} of {shared['scored']} scored samples are nearly texts that the vector was made from"
        yield finding("near-copies-known", f"{few}: {listed}", **shared)


def _many(shared: Mapping[str, Any]) -> bool:
    """Tell whether so many scored samples are near copies that the number may be theirs."""
    return bool(shared.get("near", 0) > MANY_COPIES * shared.get("scored", 0))


def unknown(run: Comparison) -> Iterator[Finding]:
    """Report a vector of which nobody knows whether scored samples are behind it."""
    origin = run.evidence.get("origin") or {}
    if origin.get("state") == "unknown":
        beside = f", beside {origin['texts']} texts of which none is scored" if origin["texts"] else ""
        yield finding("origin-unknown", f"nobody knows what the vector was made from{beside}", **origin)


def chosen(run: Comparison) -> Iterator[Finding]:
    """Report a search over samples that are scored; few that are nearly among those searched limit it."""
    searches = run.evidence.get("searched") or []
    for one in searches:
        if one["overlap"] or _many(one):
            where = f"searched as split {one['split']!r}" if one["split"] else "searched for this vector"
            seen = one["overlap"] + one.get("near", 0)
            yield finding("chosen-on-scored", f"{seen} of the scored samples were {where}", **one)
            return
    for one in searches:
        if one.get("near"):
            few = f"{one['near']} of {one['scored']} scored samples are nearly samples that were searched"
            yield finding("near-copies-known", few, **one)
            return


def duplicates(run: Comparison) -> Iterator[Finding]:
    """Report ids that stand more than once."""
    counts = Counter(one.id for one in run.ran(STEERED))
    twice = [name for name, count in counts.items() if count > 1]
    if twice:
        yield finding(
            "duplicate-ids",
            f"{have(len(twice), 'id', 'stands', 'stand')} more than once, such as {twice[0]!r}",
            ids=twice[:10],
        )


def copies(run: Comparison) -> Iterator[Finding]:
    """Report samples that are copies of others, or nearly, where they are many."""
    found = run.evidence.get("copies") or _equal_prompts(run)
    declared, clusters = found.get("declared", 0), found.get("clusters", 0)
    if declared - clusters >= MANY_COPIES * declared > 0:
        listed = "; ".join(found["examples"])
        yield finding(
            "copies-scored",
            f"{declared} samples or pairs are {clusters} once copies are counted together: {listed}",
            **found,
        )


def _equal_prompts(run: Comparison) -> dict[str, Any]:
    """Return the same for a run whose texts nobody compared: samples with equal prompts are copies."""
    known: dict[str, Outcome] = {}
    twice = []
    for one in run.ran(STEERED):
        first = known.setdefault(one.prompt_sha256 or one.id, one)
        if first.resampled_with != one.resampled_with:
            twice.append((one, first))
    declared = len({one.resampled_with for one in run.ran(STEERED)})
    examples = [f"{one.id} of {first.id} (1.00)" for one, first in twice[:3]]
    lost = len({one.resampled_with for one, _ in twice})
    return {"declared": declared, "clusters": declared - lost, "examples": examples}


def usual_claim(main_metric: str) -> float | None:
    """Return the effect that a run claims where it does not say: ten points, and none of a mean."""
    return CLAIM if main_metric == ACCURACY else None


def samples(run: Comparison) -> Iterator[Finding]:
    """Report too few samples for the claimed effect, unless they have shown an effect beyond doubt."""
    return iter(()) if _shown(run) else _of_accuracy(run) if run.main_metric == ACCURACY else _of_mean(run)


def _shown(run: Comparison) -> bool:
    both = run.pairing()
    p = estimated_change(both, run.main_metric).p if both.pairs else None
    return p is not None and p <= SURE


def _of_accuracy(run: Comparison) -> Iterator[Finding]:
    scored, claim = len(run.ran(STEERED)), run.evidence.get("claim", CLAIM)
    if claim is None:  # an arm that failed before it was known what the run is about claims nothing
        return
    least = minimum_detectable_effect(scored, 0.0, POWER_LEVEL) if scored else None
    if run.labelled and (least is None or least > claim):
        needed = samples_for_effect(claim, 0.0, POWER_LEVEL)
        shown = "no effect at all" if least is None else f"no effect below {100 * least:.0f} points"
        yield finding(
            "too-few-samples",
            f"{scored} samples show {shown} (power 0.8, level 0.05); {_claimed(claim)} needs {needed}",
            samples=scored,
            minimum_detectable_effect=least,
            claim=claim,
            needed=needed,
        )


def _claimed(claim: float) -> str:
    """Name the effect as a claim where somebody made one; ten points are looked for where nobody did."""
    points = f"{100 * claim:.0f} points"
    return f"one of {points}, the usual size," if claim == CLAIM else f"the claim of {points}"


def _of_mean(run: Comparison) -> Iterator[Finding]:
    change, claim = mean_change(run.pairing(), number_of(run.main_metric)), run.evidence.get("claim")
    least = change.detectable
    if claim is not None and least is not None and least > claim:
        needed = samples_for_mean_change(claim, change.spread, POWER_LEVEL)
        yield finding(
            "too-few-samples",
            f"{change.n} samples show no change of {run.main_metric} below {least:.2g} (power 0.8, level "
            f"0.05, by the spread of their changes); the claim is {claim:g}, which needs {needed}",
            samples=change.n,
            minimum_detectable_effect=least,
            claim=claim,
            needed=needed,
        )


def skipped(run: Comparison) -> Iterator[Finding]:
    """Note samples that were left out."""
    left_out = skipped_of(run[STEERED].outcomes) if STEERED in run else []
    out = [one for one in left_out if not overflowed(one)]
    if out:
        yield finding(
            "samples-skipped",
            f"{have(len(out), 'sample', 'was', 'were')} left out: {out[0].skipped}",
            skipped=len(out),
        )


def overflows(run: Comparison) -> Iterator[Finding]:
    """Name each arm whose numbers overflowed."""
    for name, arm in run.arms.items():
        out = [one for one in arm.outcomes if overflowed(one)]
        if out:
            yield finding(
                "arm-overflows",
                f"{len(out)} of {len(arm.outcomes)} samples of {name} were left out: {out[0].skipped}",
                arm=name,
                skipped=len(out),
            )


CHECKS = (overlap, unknown, chosen, duplicates, copies, samples, skipped, overflows)
