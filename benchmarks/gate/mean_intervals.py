"""How often 95 % intervals of a mean hold it: Student's by cluster, and the bootstrap's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.gate.error_rates import table
from benchmarks.gate.score_reruns import SENTIMENT, gaussian, heavy, noisy, redrawn, sentiments, skewed
from pytest_steering.statistics import Interval, mean_interval
from pytest_steering.statistics.bca import bca_interval

if TYPE_CHECKING:
    from benchmarks.gate.score_reruns import Draw, Generator
    from pytest_steering.statistics.arrays import Floats

DATA_SETS = 1_000
RESAMPLES = 1_999


class Changes(NamedTuple):
    """Numbers whose mean is known.

    Attributes:
        shape: In words.
        draw: From their number to numbers.
        mean: Their true mean.
        together: Samples of a cluster.
    """

    shape: str
    draw: Draw
    mean: float = 0.0
    together: int = 1


def _redrawn_change(generator: Generator, shape: tuple[int, int]) -> Floats:
    before = sentiments(generator, shape)
    return redrawn(sentiments, 0.1)(generator, before) - before


def _whole_change(generator: Generator, shape: tuple[int, int]) -> Floats:
    return sentiments(generator, shape) - sentiments(generator, shape)


def _collapse(generator: Generator, shape: tuple[int, int]) -> Floats:
    return np.where(generator.random(shape) < 0.1, -3.0, 0.0) + 0.15 * gaussian(generator, shape)


def _in_clusters(generator: Generator, shape: tuple[int, int]) -> Floats:
    before = gaussian(generator, shape)
    return noisy(gaussian, 0.5, 8)(generator, before) - before


SHAPES = (
    Changes("normal", gaussian),
    Changes("heavy tails", heavy),
    Changes("skewed", skewed),
    Changes("sentiment, all drawn again", _whole_change),
    Changes("sentiment, 10 % drawn again", _redrawn_change),
    Changes("one in ten falls by 3", _collapse, -0.3),
    Changes("sentiment itself", sentiments, SENTIMENT.mean),
    Changes("clusters of 8, normal", _in_clusters, together=8),
)


def intervals_table(samples: Sequence[int] = (24, 48, 160)) -> str:
    """Tabulate the coverage of both intervals.

    Args:
        samples: Numbers in a data set.
    """
    rows = [[one.shape, *(f"{share:.3f}" for n in samples for share in coverage(one, n))] for one in SHAPES]
    return table(["numbers", *(f"{name}, n {n}" for n in samples for name in ("Student", "BCa"))], rows)


def coverage(changes: Changes, samples: int, data_sets: int = DATA_SETS) -> tuple[float, float]:
    """Return how often Student's interval and the bootstrap's hold the true mean.

    Args:
        changes: What is drawn.
        samples: Numbers in a data set.
        data_sets: How many are drawn.
    """
    generator = np.random.default_rng(samples)
    values = changes.draw(generator, (data_sets, samples))
    clusters = np.repeat(np.arange(samples // changes.together), changes.together).tolist()
    students = [mean_interval(row, clusters) for row in values]
    boots = bootstrapped(values.reshape(data_sets, -1, changes.together).mean(axis=-1), generator)
    student, boot = (
        float(np.mean([low <= changes.mean <= high for low, high in held])) for held in (students, boots)
    )
    return student, boot


def bootstrapped(means: Floats, generator: Generator) -> list[Interval]:
    """Return the BCa interval of each mean, as `bootstrap` has it.

    Args:
        means: Of clusters of one size. [data sets, clusters]
        generator: Draws clusters; the same resamples serve all data sets.
    """
    clusters = means.shape[1]
    weights = generator.multinomial(clusters, np.full(clusters, 1 / clusters), size=RESAMPLES) / clusters
    left_out = (means.sum(axis=1, keepdims=True) - means) / (clusters - 1)
    draws = means @ weights.T
    return [
        bca_interval(float(row.mean()), drawn, jackknife, 0.95)
        for row, drawn, jackknife in zip(means, draws, left_out, strict=True)
    ]
