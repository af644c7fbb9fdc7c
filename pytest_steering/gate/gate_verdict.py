"""What the gate compares and what it concludes: plain data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from pytest_steering.statistics import Alternative

Status: TypeAlias = Literal["pass", "regression", "inconclusive", "unmeasurable"]

Kind: TypeAlias = Literal["main", "count", "number", "measured"]
"""What a cell is held by; its guards: shares of samples, numbers of samples, what is measured beside them."""

EXIT_CODES: dict[Status, int] = {"pass": 0, "regression": 1, "inconclusive": 2, "unmeasurable": 2}


class Fall(Protocol):
    """What became of one number of a cell's samples: shares as `Changes` have it, means as `MeanFall` has."""

    @property
    def n(self) -> int:
        """Paired samples."""

    @property
    def drop(self) -> float:
        """By how much the number fell, in its unit."""

    def p(self, alternative: Alternative = ..., /) -> float:
        """Return the p of no change; "greater" asks whether the number fell."""

    def smallest_p(self, alternative: Alternative = ..., /) -> float:
        """Return the smallest p that so many changed clusters can reach."""

    def drop_bound(self, confidence: float, /) -> float:
        """Return the one-sided upper bound of the drop."""

    def settling_samples(self, margin: float, level: float, confidence: float, /) -> int | None:
        """Return how many samples would settle it."""


@dataclass(frozen=True)
class CellComparison:
    """One number of one cell now against its baseline, on the samples that both have.

    Attributes:
        key: the cell's canonical key.
        changes: what became of its samples.
        of: which number of the cell.
        margin: fall that is tolerated, in the number's unit; None for that of all cells.
        kind: of the number. A guard can be found to have fallen; that it has not is nowhere to be proven.
    """

    key: str
    changes: Fall
    of: str = "accuracy"
    margin: float | None = None
    kind: Kind = "main"


@dataclass(frozen=True)
class CellDecision:
    """What was decided about one cell.

    Attributes:
        cell: the comparison.
        status: regression goes before pass: a proven drop is named even below the margin.
        drop: (broken − fixed) / n, or the fall of the mean; 0 without samples.
        bound: one-sided upper bound of the drop at confidence 1 − alpha that respects clusters.
        p: one-sided sign-flip p of a drop; McNemar's where counts change and no samples belong together.
        improved: the mirrored test finds a gain.
        margin: the fall that is tolerated.
        level: of the test of one cell where all count, as with more samples.
        confidence: one-sided, of the bound.
    """

    cell: CellComparison
    status: Status
    drop: float
    bound: float
    p: float
    improved: bool
    margin: float
    level: float = 0.0
    confidence: float = 0.0

    @cached_property
    def settles_at(self) -> int | None:
        """Paired samples that would settle an inconclusive cell; None for any other, or if no number would.

        Computed when it is asked for: it takes longer than all else about a cell.
        """
        if self.status != "inconclusive":
            return None
        return self.cell.changes.settling_samples(self.margin, self.level, self.confidence)


@dataclass(frozen=True)
class Decision:
    """What was decided about a run.

    Attributes:
        status: the worst of its cells: regression, then unmeasurable, then inconclusive, then pass.
        cells: one decision a cell, in the order given.
        alpha: level of the run.
        margin: drop that is tolerated where a cell has no margin of its own, as a share.
        level: what the p of a cell was held against in the last step of Tarone–Holm.
    """

    status: Status
    cells: tuple[CellDecision, ...]
    alpha: float
    margin: float
    level: float

    @property
    def settles_at(self) -> int | None:
        """Paired samples a cell that would settle every inconclusive cell.

        None if there is none, or if one sits so close to the margin that more samples are no advice.
        """
        needed = [one.settles_at for one in self.cells if one.status == "inconclusive"]
        known = [count for count in needed if count is not None]
        return max(known) if known and len(known) == len(needed) else None

    @property
    def exit_code(self) -> int:
        """0 pass, 1 regression, 2 cannot tell or cannot be measured."""
        return EXIT_CODES[self.status]
