"""Tables of the error rates of the gate's rule, from simulated runs."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.gate.coverage import newcombe_false_pass, score_false_pass
from benchmarks.gate.simulation import Setting, simulate
from pytest_steering.gate.decide import SHARES
from pytest_steering.statistics import minimum_detectable_effect

RUNS = 10_000
CELLS = 60
SAMPLES = (48, 160, 320, 640)
DROPS = (0.05, 0.10, 0.15, 0.20)
FLIPS = (0.0, 0.01, 0.02, 0.04, 0.10)


def aa_table(samples: Sequence[int] = SAMPLES, together: int = 1) -> str:
    """Tabulate how runs without any true change end.

    Args:
        samples: paired samples a cell.
        together: samples that flip as one.
    """
    rows = [
        [n, percent(rate), *map(percent, aa_shares(n, rate, together))] for n in samples for rate in FLIPS
    ]
    return table(["n", "flips", "red", "red, upper 95 %", "pass", "inconclusive"], rows)


def aa_shares(samples: int, flips: float, together: int = 1) -> tuple[float, float, float, float]:
    """Return the shares of runs without a true change that are red, at most red, passed and inconclusive.

    Args:
        samples: paired samples a cell.
        flips: share of samples that flip for no reason.
        together: samples that flip as one.
    """
    ended = simulate(
        Setting(samples, flips, cells=CELLS, together=together), RUNS, seed=samples, share=SHARES["main"]
    )
    red, passed = ended.red_runs, ended.passed_runs
    return red / RUNS, upper(red, RUNS), passed / RUNS, (RUNS - red - passed) / RUNS


def power_table() -> str:
    """Tabulate how often one cell of a run with a true drop is called a regression."""
    rows = [
        [n, percent(drop), *(f"{power(n, drop, rate):.3f}" for rate in FLIPS)]
        for n in SAMPLES
        for drop in DROPS
    ]
    return table(["n", "drop", *(f"flips {percent(rate)}" for rate in FLIPS)], rows)


def power(samples: int, drop: float, flips: float) -> float:
    """Return the share of simulated runs in which the one cell with a true drop is red."""
    ended = simulate(Setting(samples, flips, drop, CELLS), RUNS, seed=samples, share=SHARES["main"])
    return float(ended.red[:, 0].mean())


def coverage_table() -> str:
    """Tabulate how often a bound lies below the margin although the true drop is the margin."""
    rows = [[n, percent(rate), *map(four, false_passes(n, rate))] for n in SAMPLES for rate in FLIPS]
    return table(["n", "flips", "score", "Newcombe, accuracy 0.5", "Newcombe, accuracy 0.8"], rows)


def false_passes(samples: int, flips: float) -> tuple[float, float, float]:
    """Return the chance of a false pass by the score bound and by Newcombe's at accuracy 0.5 and 0.8."""
    low, high = (newcombe_false_pass(samples, flips, accuracy) for accuracy in (0.5, 0.8))
    return score_false_pass(samples, flips), low, high


def effect_table() -> str:
    """Tabulate the smallest effect that one comparison shows with power 0.8 at the two-sided level 0.05."""
    rows = [[n, *(effect(n, rate) for rate in FLIPS)] for n in (24, *SAMPLES)]
    return table(["n", *(f"flips {percent(rate)}" for rate in FLIPS)], rows)


def effect(samples: int, flips: float) -> str:
    """Write the minimum detectable effect, or that there is none."""
    found = minimum_detectable_effect(samples, flips, 0.05)
    return "none" if found is None else percent(found)


def upper(count: int, runs: int) -> float:
    """Return the exact one-sided upper 95 % bound of a share (Clopper & Pearson 1934)."""
    from scipy.stats import binomtest

    return float(binomtest(count, runs, alternative="less").proportion_ci(0.95, method="exact").high)


def percent(share: float) -> str:
    """Write a share as a percentage with as many digits as it needs, at most two."""
    return f"{100 * share:.2f}".rstrip("0").rstrip(".") + " %"


def four(chance: float) -> str:
    """Write a chance with four digits."""
    return f"{chance:.4f}"


def table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Lay rows out as a Markdown table."""
    from tabulate import tabulate

    return tabulate(rows, headers=headers, tablefmt="github", disable_numparse=True)
