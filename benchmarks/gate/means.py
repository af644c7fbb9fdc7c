"""Prints the gate's measured error rates on means as Markdown: `python -m benchmarks.gate.means`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.gate.error_rates import RUNS
from benchmarks.gate.marked_tables import Marks, tables_command
from benchmarks.gate.mean_intervals import DATA_SETS, intervals_table
from benchmarks.gate.mean_rates import (
    DRAWS,
    FALL,
    POWER_RUNS,
    aa_means_table,
    means_coverage_table,
    means_power_table,
)
from pytest_steering.gate.decide import ALPHA
from pytest_steering.gate.mean_fall import USUAL_MARGIN
from pytest_steering.statistics.cluster_mean import IMAGINED

MARKS = Marks("means", "python -m benchmarks.gate.means")

AA = f"""\
### Means: runs without a true change (A/A)

{RUNS:,} simulated runs at alpha {ALPHA} and a margin of {USUAL_MARGIN} standard deviations (sd) of the
baseline's scores. *n* is paired samples a cell. *Change* is the standard deviation of what a sample's score
differs by between two runs. *Sentiment* is as VADER gives it: bounded, a fifth exactly 0, most crowded near
1; *drawn again* are answers that came out otherwise, while the others are the same. Clusters change by noise
that is half common to them, or are drawn again whole.

"""

FEW = """\
The same with fewer samples.

"""

POWER = f"""\
### Means: power

Share of {POWER_RUNS:,} runs in which the one cell with a true fall of {FALL} sd is called a regression.
Either each sample scores that much less, or a few fall to the worst that there is, whole clusters where there
are any.

"""

COVERAGE = f"""\
### Means: false passes

Share of {DRAWS:,} cells in which a bound at confidence {1 - ALPHA} lies below the margin although the true
fall is the margin, {FALL} sd; it should be at most {ALPHA}. The gate's bound is Student's with {IMAGINED}
imagined samples that fall from the mean to the worst score of the baseline.

"""

INTERVALS = f"""\
### Means: how often 95 % intervals hold the mean

{DATA_SETS:,} data sets each. Student's interval by cluster is what expectations, tables and the gate give
means; the bootstrap (BCa, clusters drawn whole) is what other numbers have.

"""


def sections() -> Iterator[str]:
    """Yield the tables, each under a heading and a sentence on what it shows."""
    yield AA + aa_means_table()
    yield FEW + aa_means_table((48,), (12,))
    yield POWER + means_power_table()
    yield COVERAGE + means_coverage_table()
    yield INTERVALS + intervals_table()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the simulations and print the tables, or write them into a document."""
    tables_command(MARKS, sections, __doc__ or "", arguments)


if __name__ == "__main__":
    main()
