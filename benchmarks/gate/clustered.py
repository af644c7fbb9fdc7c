"""Simulated runs whose samples change by clusters, through the rule of `decide`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.gate.simulation import Runs
from pytest_steering.comparison import ClusterChange
from pytest_steering.gate.decide import ALPHA, MARGIN
from pytest_steering.statistics import APART, Clustering, score_bound, smallest_p
from pytest_steering.statistics.multiplicity import tarone_holm_runs
from pytest_steering.statistics.sign_flip import sum_tail

if TYPE_CHECKING:
    from pytest_steering.statistics.arrays import Flags, Floats, Integers


class Law(NamedTuple):
    """What may become of a cluster between two runs.

    Attributes:
        changes: The possibilities.
        chances: How likely each is; they sum to 1.
    """

    changes: tuple[ClusterChange, ...]
    chances: tuple[float, ...]


def pairs_law(flips: float, together: float, drop: float = 0.0) -> Law:
    """Return the law of twin pairs.

    Args:
        flips: Share of samples that flip for no reason, half of them each way.
        together: Share of the samples that change which do so with their twin, the same way; the rest alone.
        drop: True drop (broken − fixed).
    """
    broken, fixed = drop + flips / 2, flips / 2
    chances = {
        ClusterChange(2, 2, 0): broken * together,
        ClusterChange(2, 0, 2): fixed * together,
        ClusterChange(2, 1, 0): 2 * broken * (1 - together),
        ClusterChange(2, 0, 1): 2 * fixed * (1 - together),
    }
    chances[ClusterChange(2, 0, 0)] = 1 - sum(chances.values())
    return Law(tuple(chances), tuple(chances.values()))


def draw_cells(laws: Sequence[Law], clusters: int, picks: Integers, seed: int) -> tuple[Law, Integers]:
    """Draw what became of the clusters of many cells.

    Args:
        laws: What may become of them.
        clusters: How many a cell has.
        picks: Which law each cell follows. [runs, cells]
        seed: Of the draws.

    Returns:
        A law that names every possibility, and how many clusters met each. [runs, cells, possibilities]
    """
    import numpy as np

    changes = tuple(sorted({change for law in laws for change in law.changes}))
    generator = np.random.default_rng(seed)
    counts = np.zeros((*picks.shape, len(changes)), dtype=np.int64)
    chances = np.zeros(len(changes))
    for number, law in enumerate(laws):
        own = np.zeros(len(changes))
        own[[changes.index(change) for change in law.changes]] = law.chances
        here = picks == number
        counts[here] = generator.multinomial(clusters, own / own.sum(), size=int(here.sum()))
        chances += own * here.mean()
    return Law(changes, tuple(chances.tolist())), counts


def decide_cells(
    changes: Sequence[ClusterChange], counts: Integers, alpha: float = ALPHA, share: float = 1.0
) -> Runs:
    """Decide drawn runs as `decide` would.

    Args:
        changes: What may become of a cluster.
        counts: How many clusters of each cell met each possibility. [runs, cells, possibilities]
        alpha: Level of a run.
        share: Of alpha that the cells' own numbers have beside their guards.
    """
    import numpy as np

    p_values, changed = sign_flips(changes, counts)
    red, _ = tarone_holm_runs(p_values, smallest_p(changed, "greater"), alpha * share)
    passed = np.all(below(changes, counts, alpha) & ~red, axis=1)
    return Runs(red, np.asarray(passed, dtype=np.bool_))


def sign_flips(changes: Sequence[ClusterChange], counts: Integers) -> tuple[Floats, Integers]:
    """Return the one-sided sign-flip p of each cell and how many of its clusters had a net change."""
    import numpy as np

    nets = np.array([one.broken - one.fixed for one in changes])
    sizes = sorted({abs(net) for net in nets.tolist() if net})
    by_size = [counts[..., np.abs(nets) == size].sum(axis=-1) for size in sizes]
    state = np.stack([counts @ nets, *by_size], axis=-1)
    cells, place = np.unique(state.reshape(-1, state.shape[-1]), axis=0, return_inverse=True)
    p_values = np.array(
        [sum_tail(Counter(dict(zip(sizes, many, strict=True))), total) for total, *many in cells.tolist()]
    )
    return p_values[place.reshape(counts.shape[:2])], state[..., 1:].sum(axis=-1)


def below(
    changes: Sequence[ClusterChange],
    counts: Integers,
    alpha: float = ALPHA,
    margin: float = MARGIN,
    *,
    aware: bool = True,
) -> Flags:
    """Return whether the bound of each cell's drop lies below the margin.

    Args:
        changes: What may become of a cluster.
        counts: How many clusters of each cell met each possibility. [..., possibilities]
        alpha: 1 − confidence of the one-sided bound.
        margin: Drop that is tolerated, as a share.
        aware: Widen the bound by the clusters; else each sample is taken for a cluster of its own.
    """
    import numpy as np

    n, b, c = np.array(changes, dtype=np.int64).T
    net, others = b - c, n - 1
    terms = np.stack([b, c, n, net**2 - b - c, (b + c) * others, n * others], axis=-1)
    sums = counts @ terms
    cells, place = np.unique(sums.reshape(-1, terms.shape[-1]), axis=0, return_inverse=True)
    broken, fixed, samples, *within = cells.T
    clusters = Clustering(*within) if aware else APART
    bounds = score_bound(broken, fixed, samples, 1 - alpha, clusters)
    return np.asarray((bounds < margin)[place.reshape(counts.shape[:-1])], dtype=np.bool_)
