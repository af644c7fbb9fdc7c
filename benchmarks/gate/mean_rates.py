"""Tables of the error rates of the gate where it judges means, from simulated runs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from benchmarks.gate.error_rates import RUNS, four, percent, table, upper
from benchmarks.gate.mean_simulation import (
    Cells,
    How,
    Setting,
    decide_runs,
    drawn,
    falls,
    passes,
    simulate_cells,
    students_passes,
)
from benchmarks.gate.score_reruns import RERUNS, Rerun

SAMPLES = 160
CELLS = (1, 12, 60)
FALL = 0.3
POWER_RUNS = 1_000
DRAWS = 20_000
ENDED = ["red", "red, upper 95 %", "pass", "inconclusive"]

_HOWS: dict[How, str] = {"each": "each a little", "few": "a few to the worst"}


@cache
def unchanged_cells(rerun: Rerun, samples: int, cells: int) -> Cells:
    """Return the cells of 10,000 runs without a true change; fewer cells a run are the first of them.

    Args:
        rerun: How scores differ for no reason.
        samples: Paired samples a cell.
        cells: Cells a run.
    """
    return simulate_cells(Setting(rerun, samples), RUNS, cells, seed=samples)


def aa_means_table(samples: Sequence[int] = (SAMPLES,), cells: Sequence[int] = CELLS) -> str:
    """Tabulate how runs without any true change end.

    Args:
        samples: Paired samples a cell.
        cells: Cells a run, the most last.
    """
    rows = [
        [one.shape, one.noise, n, many, *map(percent, aa_means_shares(one, n, many, cells[-1]))]
        for one in RERUNS
        for n in samples
        for many in cells
    ]
    return table(["scores", "between two runs", "n", "cells", *ENDED], rows)


def aa_means_shares(
    rerun: Rerun, samples: int, cells: int, drawn_cells: int = CELLS[-1]
) -> tuple[float, float, float, float]:
    """Return the shares of runs without a true change that are red, at most red, passed and inconclusive.

    Args:
        rerun: How scores differ for no reason.
        samples: Paired samples a cell.
        cells: Cells a run.
        drawn_cells: Cells of which these are the first.
    """
    every = unchanged_cells(rerun, samples, drawn_cells)
    ended = decide_runs(every.only(RUNS, slice(cells)))
    red, passed = ended.red_runs, ended.passed_runs
    return red / RUNS, upper(red, RUNS), passed / RUNS, (RUNS - red - passed) / RUNS


def means_power_table() -> str:
    """Tabulate how often the one cell of a run with a true fall of 0.3 sd is called a regression."""
    rows = [
        [one.shape, one.noise, said, *(f"{means_power(one, many, how):.3f}" for many in CELLS)]
        for one in RERUNS
        for how, said in _HOWS.items()
    ]
    heads = [f"{many} cell{'s' if many > 1 else ''}" for many in CELLS]
    return table(["scores", "between two runs", "how they fell", *heads], rows)


def means_power(rerun: Rerun, cells: int, how: How) -> float:
    """Return the share of runs in which the one cell with a true fall is red, beside others without one.

    Args:
        rerun: How scores differ for no reason.
        cells: Cells a run.
        how: What becomes of the samples of the first.
    """
    import numpy as np

    first = simulate_cells(Setting(rerun, SAMPLES, FALL, how), POWER_RUNS, 1, seed=SAMPLES + 1)
    others = unchanged_cells(rerun, SAMPLES, CELLS[-1]).only(POWER_RUNS, slice(1, cells))
    both = (np.concatenate(parts, axis=1) for parts in zip(first, others, strict=True))
    return float(decide_runs(Cells(*both)).red[:, 0].mean())


def means_coverage_table() -> str:
    """Tabulate how often a bound lies below the margin although the true fall is the margin."""
    counts = (24, 48, SAMPLES)
    rows = [
        [one.shape, one.noise, said, *(four(rate) for n in counts for rate in mean_false_passes(one, n, how))]
        for one in RERUNS
        for how, said in _HOWS.items()
    ]
    heads = [f"{name}, n {n}" for n in counts for name in ("gate", "Student")]
    return table(["scores", "between two runs", "how they fell", *heads], rows)


def mean_false_passes(rerun: Rerun, samples: int, how: How) -> tuple[float, float]:
    """Return the chance of a false pass by the gate's bound and by Student's.

    Args:
        rerun: How scores differ for no reason.
        samples: Paired samples.
        how: What becomes of them.
    """
    import numpy as np

    # By a hair more than the margin, so that where all samples fall alike rounding does not decide.
    setting, margin = Setting(rerun, samples, FALL, how), np.array(FALL * rerun.scores.sd * (1 - 1e-9))
    ours = students = 0
    for before, after in drawn(setting, DRAWS, seed=samples):
        sums = falls(before, after, rerun.together)
        ours += int(passes(before, after, sums, margin).sum())
        students += int(students_passes(sums, rerun.together, margin).sum())
    return ours / DRAWS, students / DRAWS
