"""Cells as the gate gets them, drawn sample by sample: clean ones, and ones that are broken in one way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple
from unittest import mock

from pytest_steering import Outcome
from pytest_steering.comparison import Changes
from pytest_steering.gate.baseline_pairing import beside_baseline
from pytest_steering.gate.decide import decide
from pytest_steering.gate.gate_verdict import CellComparison, Decision
from pytest_steering.gate.gated_metric import BY_ACCURACY
from pytest_steering.gate.measured_fall import measured_falls

if TYPE_CHECKING:
    import numpy as np

SECLLMHOLMES = (*[24] * 3, *[18] * 3, *[8] * 3, *[5] * 3, *[4] * 3, *[3] * 3, *[2] * 21)
"""How many of the 228 samples of SecLLMHolmes go back to each of its 39 base scenarios and pairs."""

TWINS = (2,) * 80
"""160 samples in twin pairs."""

GROUPS = 8
NOISE = 0.25
"""Standard deviation of a margin's change between two runs, where margins spread by 1."""

Samples = tuple[Outcome, ...]
Fault = Callable[[Samples], Samples]


class Cells(NamedTuple):
    """What is drawn.

    Attributes:
        clusters: How many samples each cluster has.
        flips: Share of samples whose verdict differs between two runs for no reason.
        together: Whether a cluster flips as one.
        accuracy: Share right in the baseline.
    """

    clusters: tuple[int, ...] = TWINS
    flips: float = 0.02
    together: bool = False
    accuracy: float = 0.95


def draw(cells: Cells, generator: np.random.Generator) -> tuple[Samples, Samples]:
    """Draw the samples of a cell in the baseline and in a run where nothing changed in truth.

    Each of the two is as far from what is true of the cell, so that neither is the better one.
    """
    true = tuple(_sample(place, cluster, cells.accuracy, generator) for place, cluster in _places(cells))
    return _rerun(true, cells, generator), _rerun(true, cells, generator)


def _rerun(true: Samples, cells: Cells, generator: np.random.Generator) -> Samples:
    noise = NOISE / 2**0.5 * generator.standard_normal(len(true))
    margins = [(one.margin or 0.0) + moved for one, moved in zip(true, noise.tolist(), strict=True)]
    now = [replace(one, margin=margin) for one, margin in zip(true, margins, strict=True)]
    flipped = _flipped(cells, generator)
    return tuple(reversed_(one) if flips else one for one, flips in zip(now, flipped, strict=True))


def decided(runs: Iterable[tuple[Samples, Samples]], effects: Mapping[str, float] | None = None) -> Decision:
    """Decide a run as the gate does.

    Args:
        runs: The cells, each before and now.
        effects: What is measured beside the first, now; before all of it was 0.
    """
    comparisons = [
        one
        for number, (before, now) in enumerate(runs)
        for one in beside_baseline(before, now, BY_ACCURACY).comparisons(str(number), None)
    ]
    # How many samples would settle it is not asked here, and takes longer than all the rest.
    with mock.patch.object(Changes, "settling_samples", return_value=None):
        return decide([*comparisons, *_measured(effects or {})])


def _measured(effects: Mapping[str, float]) -> Iterator[CellComparison]:
    falls = measured_falls(dict.fromkeys(effects, 0.0), effects)
    yield from (CellComparison("0", one, one.name, kind="measured") for one in falls)


def reversed_(one: Outcome) -> Outcome:
    """Return a sample with the opposite verdict."""
    return _answering(one, "no" if one.predicted == "yes" else "yes")


def unanswered(now: Samples) -> Samples:
    """Return the samples without an answer to the first 22 % that were wrong anyway."""
    wrong = [one.id for one in now if not one.correct][: round(0.22 * len(now))]
    return tuple(replace(one, predicted="none", correct=None) if one.id in wrong else one for one in now)


def always_yes(now: Samples) -> Samples:
    """Return the samples with one answer to all."""
    return tuple(_answering(one, "yes") for one in now)


def always_no(now: Samples) -> Samples:
    """Return the samples with the other answer to all."""
    return tuple(_answering(one, "no") for one in now)


def unranked(now: Samples) -> Samples:
    """Return the samples, half of each class with margins of the other: verdicts stay, AUROC is a half."""
    mirrored = {one.id for place, one in enumerate(now) if place // 2 % 2}
    return tuple(replace(one, margin=-(one.margin or 0.0)) if one.id in mirrored else one for one in now)


def one_group(now: Samples) -> Samples:
    """Return the samples of which one group is answered wrongly."""
    wrong = {"yes": "no", "no": "yes"}
    return tuple(_answering(one, wrong[one.expected]) if one.group == "0" else one for one in now)


def at_ties(now: Samples) -> Samples:
    """Return the samples with every verdict reversed, each answer marked as a near-tie."""
    texts = {"yes": " Vulnerable.", "no": " Secure."}
    return tuple(replace(other, tied_at=0, response=texts[other.predicted]) for other in map(reversed_, now))


def _answering(one: Outcome, predicted: str) -> Outcome:
    return replace(one, predicted=predicted, correct=predicted == one.expected)


def _places(cells: Cells) -> Iterator[tuple[int, int]]:
    yield from enumerate(cluster for cluster, size in enumerate(cells.clusters) for _ in range(size))


def _sample(place: int, cluster: int, accuracy: float, generator: np.random.Generator) -> Outcome:
    expected = "no" if place % 2 else "yes"
    margin = float(abs(generator.standard_normal()) + 0.5) * (-1 if place % 2 else 1)
    bare = Outcome(
        f"s{place}", expected, margin=margin, cluster=f"c{cluster}", group=str(cluster % GROUPS), ended=True
    )
    right = generator.random() < accuracy
    return _answering(bare, expected if right else {"yes": "no", "no": "yes"}[expected])


def _flipped(cells: Cells, generator: np.random.Generator) -> list[bool]:
    if cells.together:
        whole = generator.random(len(cells.clusters)) < cells.flips / 2
        return [bool(whole[cluster]) for _, cluster in _places(cells)]
    return list(map(bool, generator.random(sum(cells.clusters)) < cells.flips / 2))
