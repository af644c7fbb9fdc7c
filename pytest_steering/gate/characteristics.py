"""Prints the gate's measured error rates as Markdown: `python -m pytest_steering.gate.characteristics`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from pytest_steering.errors import DataError
from pytest_steering.gate.decide import ALPHA, MARGIN
from pytest_steering.gate.error_rates import (
    CELLS,
    RUNS,
    aa_table,
    coverage_table,
    effect_table,
    power_table,
)

BEGIN = "<!-- characteristics: written by python -m pytest_steering.gate.characteristics -->"
END = "<!-- characteristics: end -->"

INTRODUCTION = f"""\
Every figure below comes from {RUNS:,} simulated runs of {CELLS} cells at alpha {ALPHA} and margin {MARGIN},
or, where it says so, from a sum over all outcomes. *n* is paired samples a cell. *Flips* is the share of
samples whose verdict differs between two runs for no reason, half of them each way, independently."""

PAIRS = """\
### The same, if samples flip in pairs

The test takes samples as independent. This is what remains of its promise where two samples always flip
together and the same way, as copies of one scenario may: near-copies in one cell void the error rate.

"""

POWER = f"""\
### Power

Share of runs in which the one cell of {CELLS} with a true drop (broken − fixed) is called a regression.

"""

COVERAGE = f"""\
### False passes

Chance that a bound at confidence {1 - ALPHA} lies below the margin although the true drop is the margin; it
should be at most {ALPHA}. The gate uses the score bound (sum over all outcomes). Newcombe's method 10
(simulated) depends on the accuracy, too.

"""

EFFECT = """\
### Smallest effect that one comparison can show

Exact McNemar, two-sided level 0.05, power 0.8, sum over all outcomes.

"""


def sections() -> Iterator[str]:
    """Yield the tables, each under a heading and a sentence on what it shows."""
    yield INTRODUCTION
    yield "### Runs without a true change (A/A)\n\n" + aa_table()
    yield PAIRS + aa_table((160,), together=2)
    yield POWER + power_table()
    yield COVERAGE + coverage_table()
    yield EFFECT + effect_table()


def write(path: Path, text: str) -> None:
    """Put the text between the two marks of a document.

    Raises:
        DataError: if the document lacks a mark.
    """
    document = path.read_text(encoding="utf-8")
    if document.count(BEGIN) != 1 or document.count(END) != 1:
        raise DataError(
            f"{path} does not hold the lines {BEGIN!r} and {END!r} once each; add them where tables go"
        )
    head, rest = document.split(BEGIN)
    path.write_text(f"{head}{BEGIN}\n\n{text}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the simulations and print the tables, or write them into a document."""
    parser = argparse.ArgumentParser(prog="pytest_steering.gate.characteristics", description=__doc__)
    parser.add_argument("--write", type=Path, metavar="FILE", help="Put the tables between the marks of FILE")
    chosen = parser.parse_args(arguments)
    text = "\n\n".join(sections())
    if chosen.write is None:
        sys.stdout.write(text + "\n")
    else:
        write(chosen.write, text)


if __name__ == "__main__":
    main()
