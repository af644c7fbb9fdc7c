"""Tables of the gate's error rates where samples change by clusters, measured ones among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from benchmarks.gate.clustered import Law, below, decide_cells, draw_cells, pairs_law
from benchmarks.gate.error_rates import (
    CELLS,
    FLIPS,
    RUNS,
    SAMPLES,
    aa_shares,
    four,
    percent,
    table,
    upper,
)
from benchmarks.gate.rerun_flips import Reruns, count, read_reruns
from pytest_steering.gate.decide import MARGIN, SHARES

TOGETHER = (0.0, 0.5, 1.0)
DRAWS = 100_000
FEW = 0.02


class Ended(NamedTuple):
    """How simulated runs ended, as shares; `at_most` is the upper 95 % bound of `red`."""

    red: float
    at_most: float
    passed: float
    unsettled: float


def ended(laws: Sequence[Law], samples: int = 160, seed: int = 0) -> Ended:
    """Return how runs end whose cells each follow one of some laws of twin pairs, picked at random.

    Args:
        laws: What may become of a pair.
        samples: Paired samples a cell, two a pair.
        seed: Of the draws.
    """
    import numpy as np

    picks = np.random.default_rng(seed).integers(0, len(laws), size=(RUNS, CELLS))
    drawn, counts = draw_cells(laws, samples // 2, picks, seed)
    runs = decide_cells(drawn.changes, counts, share=SHARES["main"])
    red, passed = runs.red_runs, runs.passed_runs
    return Ended(red / RUNS, upper(red, RUNS), passed / RUNS, (RUNS - red - passed) / RUNS)


def most_flips(cells: Sequence[Reruns]) -> Reruns:
    """Return the measured cell that flips most."""
    return max(cells, key=lambda one: one.flips)


def few_flips(cells: Sequence[Reruns]) -> list[Reruns]:
    """Return the measured cells with so few flips that a run of them should pass."""
    return [one for one in cells if one.flips <= FEW]


def measured_table() -> str:
    """Tabulate how runs end whose cells flip as measured cells did between two runs of one spec."""
    rows = []
    for kind, cells in read_reruns().items():
        rows.append([kind, f"all {len(cells)}", *_measured(cells)])
        quiet, worst = few_flips(cells), most_flips(cells)
        if 0 < len(quiet) < len(cells):
            rows.append(["", f"{len(quiet)} of at most {percent(FEW)} flips", *_measured(quiet)])
        if worst.flips:
            rows.append(["", f"{worst.model}, {worst.cell}", *_measured([worst])])
    return table(
        ["what differs", "cells", "flips", "red", "red, upper 95 %", "pass", "inconclusive"],
        rows,
    )


def flips_table() -> str:
    """Tabulate what was measured: samples compared, flips, and how they fall in twin pairs."""
    rows = [
        [
            kind,
            sum(one.samples for one in cells),
            _changed(cells, broken=True),
            _changed(cells, broken=False),
            sum(one.near_ties for one in cells),
            count(cells, [(1, 0), (0, 1)]),
            count(cells, [(2, 0), (0, 2)]),
            count(cells, [(1, 1)]),
        ]
        for kind, cells in read_reruns().items()
    ]
    return table(
        [
            "what differs",
            "samples",
            "broken",
            "fixed",
            "near-ties",
            "one of a pair",
            "both",
            "against",
        ],
        rows,
    )


def pairs_table() -> str:
    """Tabulate runs without a true change in which two samples always flip together and the same way."""
    rows = []
    for flips in FLIPS:
        found = ended([pairs_law(flips, together=1.0)])
        unknown = aa_shares(160, flips, together=2)[0]
        rows.append([160, percent(flips), percent(unknown), *map(percent, found)])
    return table(
        ["n", "flips", "red, if pairs were not known", "red", "red, upper 95 %", "pass", "inconclusive"], rows
    )


def pairs_coverage_table() -> str:
    """Tabulate false passes where samples change in pairs."""
    rows = [
        [n, percent(flips), *(four(paired_false_pass(n, flips, share)) for share in TOGETHER)]
        for n in SAMPLES
        for flips in FLIPS
    ]
    return table(["n", "flips", *(f"{percent(share)} together" for share in TOGETHER)], rows)


def pairs_power_table() -> str:
    """Tabulate how often one cell with a true drop is red where all changes come in pairs."""
    rows = [
        [n, percent(drop), *(f"{pairs_power(n, drop, flips):.3f}" for flips in FLIPS)]
        for n, drop in ((160, 0.10), (160, 0.20), (320, 0.10))
    ]
    return table(["n", "drop", *(f"flips {percent(flips)}" for flips in FLIPS)], rows)


def pairs_power(samples: int, drop: float, flips: float) -> float:
    """Return the share of runs in which the one cell with a true drop is red; all pairs change together."""
    import numpy as np

    picks = np.zeros((RUNS, CELLS), dtype=np.int64)
    picks[:, 0] = 1
    laws = [pairs_law(flips, together=1.0), pairs_law(flips, together=1.0, drop=drop)]
    drawn, counts = draw_cells(laws, samples // 2, picks, seed=samples)
    return float(decide_cells(drawn.changes, counts, share=SHARES["main"]).red[:, 0].mean())


def paired_false_pass(samples: int, flips: float, together: float, *, aware: bool = True) -> float:
    """Return the chance that the bound lies below the margin at a true drop of the margin, by simulation.

    Args:
        samples: Paired samples, two a pair.
        flips: Share of samples that flip for no reason, half of them each way.
        together: Share of the samples that change which do so with their twin.
        aware: Whether the bound knows of the pairs.
    """
    import numpy as np

    law, picks = pairs_law(flips, together, MARGIN), np.zeros((1, DRAWS), dtype=np.int64)
    drawn, counts = draw_cells([law], samples // 2, picks, seed=samples)
    return float(below(drawn.changes, counts, aware=aware).mean())


def _measured(cells: Sequence[Reruns]) -> list[str]:
    flips = sum(one.flips * one.samples for one in cells) / sum(one.samples for one in cells)
    return [percent(flips), *map(percent, ended([one.law for one in cells]))]


def _changed(cells: Sequence[Reruns], *, broken: bool) -> int:
    place = 1 if broken else 2
    return sum(change[place] * many for one in cells for change, many in one.clusters.items())
