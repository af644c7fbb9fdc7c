"""Layer and scale, chosen on data that is never scored."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pytest_steering.comparison.outcomes import overflowed
from pytest_steering.comparison.outcomes import right as answered_right
from pytest_steering.errors import DataError
from pytest_steering.experiments.evaluation import evaluate, likelihoods
from pytest_steering.experiments.point_order import place
from pytest_steering.models.running.completion import Counts
from pytest_steering.models.running.overflow import fault_of

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.intervention import Intervention
    from pytest_steering.tasks.asked import Asked
    from pytest_steering.tasks.task import Task

DEFAULT_SCALES = tuple(step / 8 for step in range(4, 13))
"""0.5 to 1.5 by 0.125: a vector of mean differences works best near its own length."""

FINALISTS = 4


@dataclass(frozen=True)
class Point:
    """One layer and scale.

    Attributes:
        layer: Block number.
        scale: Multiplies the vector.
        by_margin: Accuracy of the sign of the margin, from one forward pass; not a number for a task that is
            not about accuracy.
        by_text: Accuracy of the generated and read answers, no answer counting as wrong; None unless the
            point was among the best by margin.
        score: Mean of the number that the task is about, where that is not accuracy.
        broken: Share of answers that the task's guards call broken.
        allowed: Which share may be.
        skipped: Why the point is passed over, as where its numbers overflow; empty where it is not.
        samples: On how many samples it was looked at, at the last; None where that is not told.
    """

    layer: int
    scale: float
    by_margin: float = math.nan
    by_text: float | None = None
    score: float | None = None
    broken: float | None = None
    allowed: float | None = None
    skipped: str = ""
    samples: int | None = None

    @property
    def kept(self) -> bool:
        """Whether the answers are text as the unsteered ones are."""
        return self.broken is None or self.allowed is None or self.broken <= self.allowed


@dataclass(frozen=True)
class Choice:
    """The layer and scale that a search found.

    Attributes:
        layer: Block number.
        scale: Multiplies the vector.
        split: Where it was searched.
        samples: On how many samples.
        curve: Every point tried.
        halvings: How often a batch was halved because memory ran out.
        intervention: The vector there, which says from now on what it was searched on; None where only points
            were looked at.
    """

    layer: int
    scale: float
    split: str
    samples: int
    curve: tuple[Point, ...] = field(repr=False)
    halvings: int = field(default=0, repr=False, compare=False)
    intervention: Intervention | None = field(default=None, repr=False, compare=False)


def search_accuracy(
    model: SteerableModel,
    task: Task,
    grid: Sequence[Intervention],
    asked: Sequence[Asked],
    max_new_tokens: int,
) -> tuple[list[Point], int]:
    """Return every point with its accuracy: all by the margin's sign, the best few by their texts too.

    The first answer token ranks points cheaply, but does not see text that breaks later on; so the finalists
    are generated and read.

    Args:
        model: The model.
        task: Reads the answers.
        grid: The points, each an intervention at one layer.
        asked: Samples of a split that is not scored.
        max_new_tokens: At most this many for each answer of a finalist.

    Returns:
        The points, and how often a batch was halved because memory ran out.
    """
    counts = Counts()
    margins = likelihoods(model, asked, grid, counts)
    faults = [fault_of(counts.overflows, number) for number in range(len(grid))]
    points = [
        Point(one.at[0], one.scale, math.nan if fault else _sign_accuracy(asked, margin), skipped=fault)
        for one, margin, fault in zip(grid, margins, faults, strict=True)
    ]
    sound = [number for number, fault in enumerate(faults) if not fault]
    best = sorted(sound, key=lambda i: (-points[i].by_margin, points[i].scale))[:FINALISTS]
    if not best:
        return points, counts.halvings
    arms = {str(number): grid[number] for number in best}
    read = evaluate(model, task, asked, arms, max_new_tokens=max_new_tokens)
    for number in best:
        outcomes = read.outcomes[str(number)]
        found = {"by_text": sum(map(answered_right, outcomes)) / len(asked)}
        fault = next((one.skipped for one in outcomes if overflowed(one)), "")
        points[number] = replace(points[number], **({"skipped": fault} if fault else found))
    return points, counts.halvings + read.counts["halvings"]


def choice_of(points: Sequence[Point], split: str, samples: int) -> Choice:
    """Return the choice among points of which the best by margin were read: the best by text.

    Args:
        points: All that were tried.
        split: Where.
        samples: On how many samples.

    Raises:
        DataError: Every point was passed over.
    """
    read = [point for point in points if point.by_text is not None and not point.skipped]
    require_some(read or [replace(point, skipped=point.skipped or "it was not read") for point in points])
    winner = max(read, key=lambda point: place(point.by_margin, point.by_text, point.scale, point.layer))
    return Choice(winner.layer, winner.scale, split, samples, tuple(points))


def require_some(points: Sequence[Point]) -> None:
    """Raise DataError where every point was passed over."""
    if all(point.skipped for point in points):
        raise DataError(
            f"all {len(points)} points are passed over; at layer {points[0].layer}, scale "
            f"{points[0].scale:g}: {points[0].skipped}; search smaller scales"
        )


def _sign_accuracy(asked: Sequence[Asked], margins: Sequence[float]) -> float:
    """Return the share of margins with the right sign; one that is no number has no sign."""
    both = [(one.sample.label, margin) for one, margin in zip(asked, margins, strict=True)]
    return sum(not math.isnan(margin) and (margin > 0) == bool(label) for label, margin in both) / len(asked)
