"""One method on one subject: what it costs, which block dev chooses for it, and what it does on test."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import psutil

from benchmarks.methods.subject import Subject
from pytest_steering import Asked, Intervention, SteeringError, SteeringVector, statistics
from pytest_steering.experiments.equal_effect import of_equal_effect
from pytest_steering.experiments.evaluation import likelihoods
from pytest_steering.experiments.side_effects import NeutralEffect, neutral_effects
from pytest_steering.extraction.directions import extract
from pytest_steering.extraction.methods import LEARNED, METHODS
from pytest_steering.models.running.completion import Counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

DOSES = (0.1, 0.25, 0.5, 1.0)
"""Lengths of a vector over that of the states at its block, of which dev chooses one for all methods."""

MOST_KL = 1.0
"""Nats, at the 95th percentile over neutral tokens: a dose that disturbs more is not chosen."""

USUAL = "mean_difference"

TOO_SLOW = "learning on a model of this size takes hours on two processor cores"


@dataclass(frozen=True)
class Effect:
    """What a method's vector does on test at one strength.

    Attributes:
        shift: Mean change of the margin in nats, with its interval.
        slope: Mean change a unit of relative dose.
        anti_steerable: Share of items that move the wrong way.
        dose: Length over that of the states.
        beside: What it does to neutral texts.
    """

    shift: tuple[float, float, float]
    slope: float
    anti_steerable: float
    dose: float
    beside: NeutralEffect


@dataclass(frozen=True)
class Measured:
    """A method's row.

    Attributes:
        seconds: Processor time of the extraction.
        mib: Memory above what was held before it.
        block: Chosen on dev.
        at: Effects at equal norm and at equal KL; None where that KL is not reached.
    """

    method: str
    seconds: float
    mib: float
    block: int
    at: Mapping[str, Effect | None]


def measured(subject: Subject) -> tuple[list[Measured], dict[str, str]]:
    """Return each method's row, and why a method has none."""
    lengths = state_lengths(subject)
    usual, _ = _extracted(subject, USUAL, subject.blocks)
    home, dose = _chosen(subject, usual, lengths, subject.blocks, DOSES)
    base = _effect(subject, _at_dose(usual, home, dose, lengths), dose)
    rows, without = [], dict.fromkeys(LEARNED if not subject.learns else (), TOO_SLOW)
    for method in (one for one in METHODS if one not in without):
        blocks = [home] if method in LEARNED else subject.blocks
        try:
            vector, cost = _extracted(subject, method, blocks)
            block, _ = _chosen(subject, vector, lengths, blocks, [dose])
            rows.append(_row(subject, method, cost, _at_dose(vector, block, dose, lengths), dose, base))
        except SteeringError as error:
            without[method] = str(error)
    return rows, without


def _row(
    subject: Subject, method: str, cost: tuple[float, float], one: Intervention, dose: float, base: Effect
) -> Measured:
    norm = _effect(subject, one, dose)
    try:
        (equal,) = of_equal_effect(subject.model, [one], subject.neutral, base.beside.kl_95)
        kl = _effect(subject, equal, dose * equal.scale)
    except SteeringError:
        kl = None
    return Measured(method, *cost, one.at[0], {"norm": norm, "kl": kl})


def state_lengths(subject: Subject) -> dict[int, float]:
    """Return the median length of the states at the end of the training prompts, by block."""
    texts = [text for pair in subject.pairs for text in (pair.positive, pair.negative)]
    states = subject.model.hidden_states(texts, list(subject.blocks))
    return {block: float(rows.norm(dim=-1).median()) for block, rows in states.items()}


def _extracted(
    subject: Subject, method: str, blocks: Sequence[int]
) -> tuple[SteeringVector, tuple[float, float]]:
    gc.collect()
    with _memory() as above:
        before = time.process_time()
        vector = extract(subject.model, subject.pairs, method, list(blocks))
        seconds = time.process_time() - before
    return vector, (seconds, above())


@contextmanager
def _memory() -> Iterator[Callable[[], float]]:
    """Give what tells how far this process' memory rose above what it held at first, in MiB."""
    process, ended = psutil.Process(), threading.Event()
    held = [process.memory_info().rss]

    def watch() -> None:
        while not ended.wait(0.005):
            held.append(process.memory_info().rss)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield lambda: (max(held) - held[0]) / 2**20
    finally:
        ended.set()
        thread.join()


def _at_dose(vector: SteeringVector, block: int, dose: float, lengths: Mapping[int, float]) -> Intervention:
    """Return the vector at one block, as long as a share of the states there."""
    return Intervention((dose * lengths[block] / vector.norms[block]) * vector.only([block]), [block])


def _chosen(
    subject: Subject,
    vector: SteeringVector,
    lengths: Mapping[int, float],
    blocks: Sequence[int],
    doses: Sequence[float],
) -> tuple[int, float]:
    """Return the block and dose that move the margin of dev the most; of several doses, of bearable ones."""
    points = {(block, dose): _at_dose(vector, block, dose, lengths) for block in blocks for dose in doses}
    base, *moved = _margins(subject, subject.dev, [None, *points.values()])
    shifts = {point: float((one - base).mean()) for point, one in zip(points, moved, strict=True)}
    if len(doses) > 1:
        arms = {str(point): one for point, one in points.items()}
        found = neutral_effects(subject.model, arms, subject.neutral)
        bearable = [one for one in points if str(one) in found and found[str(one)].kl_95 <= MOST_KL]
        shifts = {point: shifts[point] for point in bearable or [min(points, key=lambda one: one[1])]}
    return max(shifts, key=lambda point: shifts[point])


def _effect(subject: Subject, one: Intervention, dose: float) -> Effect:
    arms = [replace(one, scale=one.scale * part) for part in (0.5, 1.0)]
    base, half, whole = _margins(subject, subject.test, [None, *arms])
    clusters = [asked.sample.resampled_with for asked in subject.test]
    found = statistics.dose_response(
        [0.0, dose / 2, dose], np.stack([base, half, whole], 1), clusters=clusters, aim=1
    )
    moved = statistics.dose_response([0.0, 1.0], np.stack([base, whole], 1), clusters=clusters, aim=1)
    assert moved.interval is not None
    beside = neutral_effects(subject.model, {"it": one}, subject.neutral)["it"]
    shift = (moved.slope, moved.interval.low, moved.interval.high)
    return Effect(shift, found.slope, found.anti_steerable, dose, beside)


def _margins(
    subject: Subject, asked: Sequence[Asked], arms: Sequence[Intervention | None]
) -> list[NDArray[np.float64]]:
    return [np.array(one) for one in likelihoods(subject.model, asked, list(arms), Counts())]
