"""Prints the gate's measured error rates as Markdown: `python -m benchmarks.gate.characteristics`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.gate.error_rates import (
    CELLS,
    RUNS,
    aa_table,
    coverage_table,
    effect_table,
    power_table,
)
from benchmarks.gate.marked_tables import Marks, tables_command
from benchmarks.gate.measured_rates import (
    flips_table,
    measured_table,
    pairs_coverage_table,
    pairs_power_table,
    pairs_table,
)
from pytest_steering.gate.decide import ALPHA, MARGIN

MARKS = Marks("characteristics", "python -m benchmarks.gate.characteristics")

INTRODUCTION = f"""\
Every figure below comes from {RUNS:,} simulated runs of {CELLS} cells at alpha {ALPHA} and margin {MARGIN},
or, where it says so, from a sum over all outcomes. *n* is paired samples a cell. *Flips* is the share of
samples whose verdict differs between two runs for no reason, half of them each way, independently. *Red*
is by the cells' own numbers, at their share of alpha (0.7); for what guards add see *Clean runs* above."""

MEASURED = """\
### The same with flips as they were measured

The three embedded models ran six cells each twice or more often on the CPU, unsteered and at parts of the
chosen scale, on the 160 twin pairs of the test split (`python -m benchmarks.reruns`); two runs differed in
one thing. *Samples* are comparisons of one sample; *broken* and *fixed* are as the gate counts them,
near-ties of logits aside. The last columns count twin pairs: one of the two flipped, both the same way, both
against each other.

"""

DRAWN = """\
Runs whose cells hold 80 twin pairs drawn from these, with either run first, end so. *All* draws each of the
60 cells from any measured cell of its kind; below it, all 60 flip as the cell that flipped most.

"""

PAIRS = """\
### The same, if samples flip in pairs

Two samples of a twin pair always flip together and the same way. The third column is what would become of the
error rate if the test took each sample for itself.

"""

POWER = f"""\
### Power

Share of runs in which the one cell of {CELLS} with a true drop (broken − fixed) is called a regression.

"""

PAIRS_POWER = """\
The same for 10 and 20 points where the two samples of a pair always change together.

"""

COVERAGE = f"""\
### False passes

Chance that a bound at confidence {1 - ALPHA} lies below the margin although the true drop is the margin; it
should be at most {ALPHA}. The gate uses the score bound (sum over all outcomes). Newcombe's method 10
(simulated) depends on the accuracy, too.

"""

PAIRS_COVERAGE = """\
The same, from 100,000 simulated cells, where this share of the samples that change do so together with their
twin, with the bound that the gate uses for pairs.

"""

EFFECT = """\
### Smallest effect that one comparison can show

Exact McNemar, two-sided level 0.05, power 0.8, sum over all outcomes.

"""


def sections() -> Iterator[str]:
    """Yield the tables, each under a heading and a sentence on what it shows."""
    yield INTRODUCTION
    yield "### Runs without a true change (A/A)\n\n" + aa_table()
    yield MEASURED + flips_table()
    yield DRAWN + measured_table()
    yield PAIRS + pairs_table()
    yield POWER + power_table()
    yield PAIRS_POWER + pairs_power_table()
    yield COVERAGE + coverage_table()
    yield PAIRS_COVERAGE + pairs_coverage_table()
    yield EFFECT + effect_table()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the simulations and print the tables, or write them into a document."""
    tables_command(MARKS, sections, __doc__ or "", arguments)


if __name__ == "__main__":
    main()
