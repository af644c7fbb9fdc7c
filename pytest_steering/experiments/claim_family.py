"""All differences that the tests of a run expected, as one family: who looks often finds something.

Every claim counts, whether it was met or not: the chance that one of them is met by chance grows with those
that were tried.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pytest_steering.experiments.claim_record import PURPOSE
from pytest_steering.experiments.expectation_verdict import LEVEL
from pytest_steering.records import Record
from pytest_steering.run_folder.cell import newest_cells
from pytest_steering.statistics import holm


@dataclass(frozen=True)
class Claim:
    """One expected difference.

    Attributes:
        record: Says of which cell, and what came of it.
        p: Of the difference against none, two-sided; 1 for one that was not met.
        adjusted: The same by Holm's method over all claims of the run.
    """

    record: Record
    p: float
    adjusted: float

    @property
    def met(self) -> bool:
        """Whether the difference was found as expected."""
        return bool(self.record.evidence["met"])

    @property
    def survives(self) -> bool:
        """Whether it is significant among all claims of the run."""
        return self.adjusted <= LEVEL

    def __str__(self) -> str:
        where = f"{self.record.experiment} on {self.record.model}"
        return f"{where}: {self.record.spec['asked']}: p {self.p:.3g}, adjusted {self.adjusted:.3g}"


def claims_of(records: Iterable[Record]) -> list[Claim]:
    """Return every difference that the tests of a run expected.

    Args:
        records: Of the run, in the order they were written; of several of one claim the newest counts.
    """
    every = newest_cells(one for one in records if one.spec.get("purpose") == PURPOSE)
    found = [cell.record for cell in every.values()]
    p_values = [_p(one) for one in found]
    adjusted = map(float, holm(p_values)) if found else ()
    return [Claim(*one) for one in zip(found, p_values, adjusted, strict=True)]


def by_chance(count: int) -> float:
    """Return the chance that one at least of so many claims is met where no difference is.

    A claim names its direction, so that one alone is met by chance at half the two-sided level; claims are
    taken as independent.

    Args:
        count: How many claims were made.
    """
    return float(1.0 - (1.0 - LEVEL / 2) ** count)


def _p(record: Record) -> float:
    p = record.metrics["p"]
    return p if record.evidence["met"] and p is not None else 1.0
