"""Prints how often faults that accuracy hides turn a run red: `python -m benchmarks.gate.blind_spots`.

Every run is decided by the gate's own code, sample by sample, and takes its time: about five minutes in all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from benchmarks.gate.error_rates import percent, table, upper
from benchmarks.gate.faulty_cells import (
    SECLLMHOLMES,
    TWINS,
    Cells,
    Fault,
    Samples,
    always_no,
    always_yes,
    at_ties,
    decided,
    draw,
    one_group,
    unanswered,
    unranked,
)
from benchmarks.gate.marked_tables import Marks, tables_command

MARKS = Marks("blind spots", "python -m benchmarks.gate.blind_spots")

CELLS = 12
FAULTY_RUNS = 20
CLEAN_RUNS = 40

INTRODUCTION = f"""\
Runs of {CELLS} cells of 160 samples in 80 twin pairs (8 groups) or of the 228 samples of SecLLMHolmes in
their 39 scenarios, drawn sample by sample and decided by the gate's own code with its guards. Margins
change by a quarter of their spread between any two runs."""

FAULTS = f"""\
### Faults that accuracy hides

One cell of {CELLS} is broken, or all are where it says so; in all of them 2 % of the samples, or pairs, flip
for no reason. The last column is what accuracy alone says of the same {FAULTY_RUNS} runs.

"""

CLEAN = f"""\
### Clean runs with all guards

{CLEAN_RUNS} runs of {CELLS} cells in which nothing changed in truth.

"""


class Broken(NamedTuple):
    """One way in which a cell is broken.

    Attributes:
        cells: What is drawn.
        now: What is done to the run's samples.
        before: What is done to the baseline's; None for nothing.
        cells_broken: How many cells are broken.
        effects: What is measured beside the samples of the first, and was 0 before.
    """

    cells: Cells
    now: Fault
    before: Fault | None = None
    cells_broken: int = 1
    effects: Mapping[str, float] | None = None


def as_it_is(now: Samples) -> Samples:
    """Return the samples themselves."""
    return now


PAIRS = Cells(together=True)

BROKEN: dict[str, Broken] = {
    "AUROC 1 → 0.5": Broken(Cells(), unranked),
    "answered 1.00 → 0.78, of those wrong before": Broken(Cells(accuracy=0.6), unanswered),
    "TNR 1 → 0 and TPR 0 → 1, in each cell": Broken(Cells(), always_yes, always_no, CELLS),
    "TNR 1 → 0 and TPR 0 → 1, in one cell": Broken(Cells(), always_yes, always_no),
    "one group of 8 wrong": Broken(Cells(accuracy=1.0), one_group),
    "one group of 8 wrong, pairs flip whole": Broken(PAIRS._replace(accuracy=1.0), one_group),
    "all verdicts reversed, each at a near-tie": Broken(Cells(), at_ties),
    "off-target accuracy − 0.35": Broken(Cells(), as_it_is, effects={"off_target_accuracy": -0.35}),
    "KL on neutral texts + 6 nats": Broken(Cells(), as_it_is, effects={"neutral_kl": 6.0}),
}


def faulty_shares(broken: Broken, runs: int = FAULTY_RUNS, seed: int = 0) -> tuple[float, float]:
    """Return the shares of runs in which a broken cell is red, and is by its accuracy alone."""
    import numpy as np

    generator = np.random.default_rng(seed)
    red = by_accuracy = 0
    for _ in range(runs):
        drawn = [draw(broken.cells, generator) for _ in range(CELLS)]
        made = [_broken(broken, *cell) if at < broken.cells_broken else cell for at, cell in enumerate(drawn)]
        found = [one for one in decided(made, broken.effects).cells if one.status == "regression"]
        red += any(one.cell.key == "0" for one in found)
        by_accuracy += any(one.cell.key == "0" and one.cell.kind == "main" for one in found)
    return red / runs, by_accuracy / runs


def clean_shares(cells: Cells, runs: int = CLEAN_RUNS, seed: int = 0) -> tuple[float, float, float]:
    """Return the shares of clean runs that are red, are at most red, and pass."""
    import numpy as np

    generator = np.random.default_rng(seed)
    ended = [decided(draw(cells, generator) for _ in range(CELLS)).status for _ in range(runs)]
    red = ended.count("regression")
    return red / runs, upper(red, runs), ended.count("pass") / runs


def faults_table() -> str:
    """Tabulate how often each fault is red."""
    rows = [[name, *map(percent, faulty_shares(one))] for name, one in BROKEN.items()]
    return table(["what is broken", "red", "red by accuracy alone"], rows)


def clean_table() -> str:
    """Tabulate how runs end in which nothing changed in truth."""
    kinds = {"SecLLMHolmes": Cells(SECLLMHOLMES), "twins": Cells(TWINS)}
    rows = [
        [name, percent(flips), *map(percent, clean_shares(cells._replace(flips=flips)))]
        for name, cells in kinds.items()
        for flips in (0.01, 0.02)
    ]
    return table(["samples", "flips", "red", "red, upper 95 %", "pass"], rows)


def sections() -> Iterator[str]:
    """Yield the tables, each under a heading and a sentence on what it shows."""
    yield INTRODUCTION
    yield FAULTS + faults_table()
    yield CLEAN + clean_table()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the simulations and print the tables, or write them into a document."""
    tables_command(MARKS, sections, __doc__ or "", arguments)


def _broken(broken: Broken, before: Samples, now: Samples) -> tuple[Samples, Samples]:
    return (broken.before or as_it_is)(before), broken.now(now)


if __name__ == "__main__":
    main()
