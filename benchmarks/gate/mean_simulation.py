"""Thousands of simulated runs whose cells are held by means, through the rule of `decide`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from benchmarks.gate.score_reruns import Rerun
from benchmarks.gate.simulation import Runs
from pytest_steering.gate.decide import ALPHA
from pytest_steering.gate.mean_fall import STILL, USUAL_MARGIN
from pytest_steering.statistics import cluster_mean, rise_bound, smallest_p
from pytest_steering.statistics.mean_flip import mean_flip_tails
from pytest_steering.statistics.multiplicity import tarone_holm_runs

if TYPE_CHECKING:
    import numpy as np

    from pytest_steering.statistics.arrays import Flags, Floats

How = Literal["each", "few"]
"""Whether each sample falls a little, or a few fall to the worst score that there is."""

NUMBERS_AT_ONCE = 16_000_000


class Setting(NamedTuple):
    """What is simulated.

    Attributes:
        rerun: How scores differ for no reason.
        samples: Paired samples a cell.
        fall: True fall of the cells, in standard deviations of their scores.
        how: What becomes of their samples.
    """

    rerun: Rerun
    samples: int
    fall: float = 0.0
    how: How = "each"


class Cells(NamedTuple):
    """What a run's decision rests on, of many cells; all have the shape [runs, cells].

    Attributes:
        p: One-sided, of a fall.
        smallest: The smallest that so many changed clusters can reach.
        below: Whether the bound lies below the usual margin.
    """

    p: Floats
    smallest: Floats
    below: Flags

    def only(self, runs: int, cells: slice) -> Cells:
        """Return some cells of the first runs."""
        return Cells(self.p[:runs, cells], self.smallest[:runs, cells], self.below[:runs, cells])


def simulate_cells(setting: Setting, runs: int, cells: int, seed: int) -> Cells:
    """Draw cells and judge each for itself.

    Args:
        setting: What varies.
        runs: How many runs.
        cells: Cells a run.
        seed: Of the draws.
    """
    import numpy as np

    judged = [judge_cells(before, after, setting) for before, after in drawn(setting, runs * cells, seed)]
    return Cells(*(np.concatenate(part).reshape(runs, cells) for part in zip(*judged, strict=True)))


def decide_runs(cells: Cells) -> Runs:
    """Decide runs of such cells as `decide` would."""
    import numpy as np

    red, _ = tarone_holm_runs(cells.p, cells.smallest, ALPHA)
    return Runs(red, np.asarray(np.all(cells.below & ~red, axis=1), dtype=np.bool_))


def drawn(setting: Setting, cells: int, seed: int) -> Iterator[tuple[Floats, Floats]]:
    """Yield the scores of cells before and now, some cells at a time: [cells, samples]."""
    import numpy as np

    generator, many = np.random.default_rng(seed), NUMBERS_AT_ONCE // setting.samples
    for start in range(0, cells, many):
        shape = (min(many, cells - start), setting.samples)
        before = setting.rerun.scores.draw(generator, shape)
        after = setting.rerun.again(generator, before)
        yield before, fallen(setting, after, generator) if setting.fall else after


def fallen(setting: Setting, scores: Floats, generator: np.random.Generator) -> Floats:
    """Return scores after the true fall."""
    import numpy as np

    of, clusters = setting.rerun.scores, scores.shape[1] // setting.rerun.together
    if setting.how == "each":
        return scores - setting.fall * of.sd
    share = setting.fall * of.sd / (of.mean - of.worst)
    lost = generator.random((len(scores), clusters)) < share
    return np.where(np.repeat(lost, setting.rerun.together, axis=1), of.worst, scores)


def judge_cells(before: Floats, after: Floats, setting: Setting) -> Cells:
    """Judge cells as the gate would; here each part has the shape [cells].

    Args:
        before: Scores of the baseline. [cells, samples]
        after: Of the run.
        setting: Says how samples are clustered.
    """
    import numpy as np

    sums = falls(before, after, setting.rerun.together)
    smallest = smallest_p(np.count_nonzero(sums, axis=1), "greater")
    below = passes(before, after, sums, USUAL_MARGIN * before.std(axis=1))
    return Cells(mean_flip_tails(sums), smallest, below)


def falls(before: Floats, after: Floats, together: int) -> Floats:
    """Return the sum of the falls of each cluster of neighbouring samples: [cells, clusters]."""
    import numpy as np

    changes = (before - after).reshape(len(before), -1, together)
    return np.asarray(changes.sum(axis=-1), dtype=np.float64)


def passes(before: Floats, after: Floats, sums: Floats, margin: Floats) -> Flags:
    """Tell which bounds lie below a margin, as `MeanFall` has them.

    Args:
        before: Scores of the baseline. [cells, samples]
        after: Of the run.
        sums: What `falls` gives.
        margin: Of each cell.
    """
    import numpy as np

    still = np.abs(after - before).max(axis=1) <= STILL * before.std(axis=1)
    worst = before.mean(axis=1) - before.min(axis=1)
    sizes = np.full_like(sums, before.shape[1] / sums.shape[1])
    return np.asarray(still | (rise_bound(sums, sizes, worst, 1 - ALPHA) <= margin), dtype=np.bool_)


def students_passes(sums: Floats, together: int, margin: Floats) -> Flags:
    """Tell which of Student's bounds, with no imagined samples, lie below a margin.

    Args:
        sums: What `falls` gives.
        together: Samples of a cluster.
        margin: Of all cells.
    """
    import numpy as np
    from scipy.stats import t

    found = cluster_mean(sums, np.full_like(sums, together))
    bounds = found.mean + t.ppf(1 - ALPHA, found.clusters - 1) * found.error
    return np.asarray(bounds <= margin, dtype=np.bool_)
