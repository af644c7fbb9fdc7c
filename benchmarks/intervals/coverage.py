"""Tables of how often intervals hold the truth: `python -m benchmarks.intervals.coverage`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.gate.error_rates import table
from benchmarks.gate.marked_tables import Marks, tables_command
from benchmarks.intervals.designs import ALIKE, DESIGNS, Design
from benchmarks.intervals.kinds import MEAN, RATES, Kind

MARKS = Marks("intervals", "python -m benchmarks.intervals.coverage")

TRUTHS = (0.5, 0.9, 0.99)
DRAWS = 1_000

INTRODUCTION = f"""\
### How often 95 % intervals hold the truth

Of at least {DRAWS // 4:,} draws each, in per cent, where the true rate (or AUROC) is .5 / .9 / .99. *Alike*
is the correlation of the samples of one cluster: 0 none, 1 each is what the others are."""


def coverage(kind: Kind, design: Design, rate: float, alike: float, draws: int, seed: int = 0) -> float:
    """Return how often an interval holds the truth.

    Args:
        kind: Of interval.
        design: How samples come in clusters.
        rate: The truth, or what it depends on.
        alike: Correlation of the samples of a cluster.
        draws: How many.
        seed: Of the draws.
    """
    generator = np.random.default_rng(
        [seed, design.samples, len(design.sizes), int(100 * rate), int(10 * alike)]
    )
    found = [kind.draw(generator, design, rate, alike) for _ in range(draws)]
    return float(np.mean([low <= truth + 1e-9 and truth - 1e-9 <= high for (low, high), truth in found]))


def settings(designs: Sequence[Design] = DESIGNS) -> list[tuple[Design, float]]:
    """Return each design with each likeness of the samples of its clusters."""
    return [(design, alike) for design in designs for alike in ((0.0,) if design.alone else ALIKE)]


def draws_of(kind: Kind) -> int:
    """Return how many draws a kind gets: fewer where each takes long."""
    return max(DRAWS // 4, DRAWS // kind.cost)


def coverage_table(designs: Sequence[Design] = DESIGNS, draws: int | None = None) -> str:
    """Tabulate the coverage of every kind.

    Args:
        designs: Rows.
        draws: How many; None for as many as the kind can afford.
    """
    rows = []
    for design, alike in settings(designs):
        cells = [_cell(kind, design, alike, draws) for kind in RATES]
        of_mean = _percent(coverage(MEAN, design, 0.5, alike, draws or DRAWS))
        rows.append([design.name, "–" if design.alone else f"{alike:g}", *cells, of_mean])
    return table(["samples", "alike", *(kind.name for kind in (*RATES, MEAN))], rows)


def _cell(kind: Kind, design: Design, alike: float, draws: int | None) -> str:
    count = draws or draws_of(kind)
    return " / ".join(_percent(coverage(kind, design, rate, alike, count)) for rate in TRUTHS)


def _percent(part: float) -> str:
    return f"{100 * part:.1f}"


def sections() -> Iterator[str]:
    """Yield the introduction and the table."""
    yield INTRODUCTION
    yield coverage_table()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the simulations and print the table, or write it into a document."""
    tables_command(MARKS, sections, __doc__ or "", arguments)


if __name__ == "__main__":
    main()
