"""Thousands of simulated runs through the rule of `decide`, by look-up tables of discordant counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_steering.gate.decide import ALPHA, MARGIN
from pytest_steering.statistics import mcnemar_p_values, score_bound, smallest_p
from pytest_steering.statistics.multiplicity import tarone_holm_runs

if TYPE_CHECKING:
    from pytest_steering.statistics.arrays import Flags, Integers


class Setting(NamedTuple):
    """What is simulated.

    Attributes:
        samples: paired samples a cell.
        flips: share of samples that flip for no reason, half of them each way.
        drop: true drop (broken − fixed) of the first cell; the others have none.
        cells: cells a run.
        together: how many samples flip as one, as a twin pair or copies of one scenario may.
    """

    samples: int
    flips: float
    drop: float = 0.0
    cells: int = 60
    together: int = 1


class Runs(NamedTuple):
    """How simulated runs ended; `red` is a cell's verdict, the other two are the run's."""

    red: Flags
    passed: Flags

    @property
    def red_runs(self) -> int:
        """Runs with a regression in any cell."""
        return int(self.red.any(axis=1).sum())

    @property
    def passed_runs(self) -> int:
        """Runs that passed."""
        return int(self.passed.sum())


def simulate(setting: Setting, runs: int, seed: int, alpha: float = ALPHA, share: float = 1.0) -> Runs:
    """Draw runs and decide each as `decide` would.

    Args:
        setting: what varies.
        runs: how many runs.
        seed: of the draws.
        alpha: level of a run.
        share: of alpha that the cells' own numbers have beside their guards.

    Returns:
        Which cells are red [runs, cells] and which runs pass [runs].
    """
    import numpy as np

    broken, fixed = draw(setting, runs, seed)
    most = int(max(broken.max(), fixed.max()))
    b, c = np.meshgrid(np.arange(most + 1), np.arange(most + 1), indexing="ij")
    p_values = mcnemar_p_values(b, c, "greater")
    samples = np.maximum(setting.samples, b + c)
    below = score_bound(b, c, samples, 1 - alpha) < MARGIN
    floors = smallest_p(broken + fixed, "greater")
    red, _ = tarone_holm_runs(p_values[broken, fixed], floors, alpha * share)
    passed = np.all(below[broken, fixed] & ~red, axis=1)
    return Runs(red, np.asarray(passed, dtype=np.bool_))


def draw(setting: Setting, runs: int, seed: int) -> tuple[Integers, Integers]:
    """Draw how many samples broke and how many were fixed, each as [runs, cells]."""
    import numpy as np

    generator = np.random.default_rng(seed)
    units = setting.samples // setting.together
    lost = np.full(setting.cells, setting.flips / 2)
    lost[0] += setting.drop
    broken = generator.binomial(units, lost, size=(runs, setting.cells))
    fixed = generator.binomial(units - broken, (setting.flips / 2) / (1 - lost), size=broken.shape)
    return broken * setting.together, fixed * setting.together
