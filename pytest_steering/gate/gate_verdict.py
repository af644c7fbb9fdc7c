"""What the gate compares and what it concludes: plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from pytest_steering.comparison import Changes

Status: TypeAlias = Literal["pass", "regression", "inconclusive", "unmeasurable"]

EXIT_CODES: dict[Status, int] = {"pass": 0, "regression": 1, "inconclusive": 2, "unmeasurable": 2}


@dataclass(frozen=True)
class CellComparison:
    """One cell now against its baseline, on the samples that both have.

    Attributes:
        key: the cell's canonical key.
        changes: what became of its samples.
    """

    key: str
    changes: Changes


@dataclass(frozen=True)
class CellDecision:
    """What was decided about one cell.

    Attributes:
        cell: the comparison.
        status: regression goes before pass: a proven drop is named even below the margin.
        drop: (broken − fixed) / n; 0 without samples.
        bound: one-sided upper bound of the drop at confidence 1 − alpha that respects clusters; 1 without
            samples.
        p: one-sided exact sign-flip p of a drop; McNemar's where no samples belong together.
        improved: the mirrored test finds a gain.
        settles_at: paired samples that would settle an inconclusive cell, as `settling_samples` has it.
    """

    cell: CellComparison
    status: Status
    drop: float
    bound: float
    p: float
    improved: bool
    settles_at: int | None = None


@dataclass(frozen=True)
class Decision:
    """What was decided about a run.

    Attributes:
        status: the worst of its cells: regression, then unmeasurable, then inconclusive, then pass.
        cells: one decision a cell, in the order given.
        alpha: level of the run.
        margin: drop that is tolerated, as a share.
        level: what the p of a cell was held against in the last step of Tarone–Holm.
        settles_at: paired samples a cell that would settle every inconclusive cell; None if there is none, or
            if one sits so close to the margin that more samples are no advice.
    """

    status: Status
    cells: tuple[CellDecision, ...]
    alpha: float
    margin: float
    level: float
    settles_at: int | None

    @property
    def exit_code(self) -> int:
        """0 pass, 1 regression, 2 cannot tell or cannot be measured."""
        return EXIT_CODES[self.status]
