"""Layer and scale by a number that is no accuracy: the mean of a score, under its guards, or the margin's."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from pytest_steering.comparison import UNSTEERED, Comparison
from pytest_steering.comparison.guards import guarded
from pytest_steering.comparison.outcomes import overflowed
from pytest_steering.errors import DataError
from pytest_steering.experiments.evaluation import evaluate
from pytest_steering.experiments.grid_search import Choice, Point, require_some
from pytest_steering.experiments.recording import task_evidence
from pytest_steering.experiments.search_methods.preference import Preference, Toward
from pytest_steering.models.running.completion import Counts
from pytest_steering.models.running.overflow import fault_of
from pytest_steering.records import Record
from pytest_steering.tasks.likelihood import margins

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.intervention import Intervention
    from pytest_steering.tasks.asked import Asked
    from pytest_steering.tasks.surface_forms import Margin
    from pytest_steering.tasks.task import Task

LEAST_MASS = 0.5
"""A margin says nothing where its answers keep less than this share of their unsteered probability."""


def search_scores(
    model: SteerableModel,
    task: Task,
    grid: Sequence[Intervention],
    asked: Sequence[Asked],
    max_new_tokens: int,
) -> tuple[list[Point], int]:
    """Return every point with the mean score of its answers, and how many of them are broken.

    Args:
        model: The model.
        task: Scores the answers.
        grid: The points, each an intervention at one layer.
        asked: Samples of a split that is not scored.
        max_new_tokens: At most this many for each answer.

    Returns:
        The points, and how often a batch was halved because memory ran out.
    """
    arms = {UNSTEERED: None, **{str(number): one for number, one in enumerate(grid)}}
    found = evaluate(model, task, asked, arms, max_new_tokens=max_new_tokens)
    told = task_evidence(task)
    run = Comparison.of(Record({}, name, outcomes=found.outcomes[name], evidence=told) for name in arms)
    points = []
    for number, one in enumerate(grid):
        text = guarded(run, str(number))
        score = run[str(number)][task.main_metric]
        lost = next((out.skipped for out in found.outcomes[str(number)] if overflowed(out)), "")
        points.append(
            Point(one.at[0], one.scale, score=score, broken=text.share, allowed=text.allowed, skipped=lost)
        )
    return points, found.counts["halvings"]


def search_margins(
    model: SteerableModel, grid: Sequence[Intervention], asked: Sequence[Asked]
) -> tuple[list[Point], int]:
    """Return every point with its mean margin, and on how many prompts the answers lost their probability.

    Args:
        model: The model.
        grid: The points, each an intervention at one layer.
        asked: Samples of a split that is not scored, with their answers.

    Returns:
        The points, and how often a batch was halved because memory ran out.
    """
    counts = Counts()
    unsteered, *steered = margins(model, asked, [None, *grid], counts)
    points = [
        Point(
            one.at[0],
            one.scale,
            score=_mean([margin.value for margin in found]),
            broken=_without_mass(unsteered, found),
            allowed=1 - LEAST_MASS,
            skipped=fault_of(counts.overflows, number),
        )
        for number, (one, found) in enumerate(zip(grid, steered, strict=True), start=1)
    ]
    return points, counts.halvings


def usual_way(task: Task) -> Toward:
    """Return which way a task's number is better."""
    better = {one.name: one.better for one in task.scores}.get(task.main_metric)
    return "lower" if better == "lower" else "higher"


def best_of(points: Sequence[Point], toward: Toward, split: str, samples: int) -> Choice:
    """Return the choice among points: the furthest the wanted way of those whose answers are still text.

    Args:
        points: All that were tried.
        toward: Which way.
        split: Where.
        samples: On how many samples.

    Raises:
        DataError: The answers of every point are broken, or have no score.
    """
    require_some(points)
    preference = Preference(toward)
    kept = [point for point in points if preference.violation(point) <= 0]
    if not kept:
        raise DataError(f"none of {len(points)} points can be chosen: {'; '.join(_refusals(points))}")
    winner = max(kept, key=preference.rank)
    return Choice(winner.layer, winner.scale, split, samples, tuple(points))


def _refusals(points: Sequence[Point]) -> Iterator[str]:
    """Yield why points were passed over, each once, with what to do."""
    lost = [point for point in points if point.skipped]
    broken = [point for point in points if not point.skipped and not point.kept]
    silent = [point for point in points if not point.skipped and point.kept and point.score is None]
    if lost:
        yield f"{len(lost)} cannot be run ({lost[0].skipped}); search smaller scales"
    if broken:
        least = min(broken, key=lambda point: 1.0 if point.broken is None else point.broken)
        yield (
            f"{len(broken)} break the guards: at layer {least.layer}, scale {least.scale:g}, "
            f"{least.broken or 0:.0%} of the answers are broken and {least.allowed or 0:.0%} are allowed; "
            "search smaller scales"
        )
    if silent:
        yield (
            f"{len(silent)} have no score, since none of their answers could be scored; try the score "
            "function on a prompt and an answer by hand"
        )


def _mean(values: Sequence[float]) -> float | None:
    """Return the mean of what are numbers, None where nothing is."""
    known = [value for value in values if not math.isnan(value)]
    return fmean(known) if known else None


def _without_mass(unsteered: Sequence[Margin], steered: Sequence[Margin]) -> float:
    """Return the share of probability that the answers lost, 0 to 1; 0 where it is not known."""
    masses = ([one.mass for one in arm] for arm in (unsteered, steered))
    before, after = ([one for one in arm if one is not None and not math.isnan(one)] for arm in masses)
    if not before or not after or not sum(before):
        return 0.0
    return max(0.0, 1.0 - sum(after) / sum(before))
