"""The points of a search as records: a record a point, and the points again from records of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.comparison.main_effect import ACCURACY
from pytest_steering.experiments import resuming
from pytest_steering.experiments.cell_spec import blank_beside
from pytest_steering.experiments.environment import environment
from pytest_steering.experiments.grid_search import Point
from pytest_steering.texts.text_print import bare_hash

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.records import Record
    from pytest_steering.steering.intervention import Intervention
    from pytest_steering.tasks.asked import Asked


def blank_points(
    context: Context, grid: Sequence[Intervention], asked: Sequence[Asked], split: str
) -> list[Record]:
    """Return the records of points as they are before anything was run.

    Args:
        context: Of the search.
        grid: The points, each an intervention at one layer.
        asked: The samples that they are looked at on.
        split: Of those.
    """
    return [_blank(context, one, asked, split) for one in grid]


def point_records(
    context: Context,
    grid: Sequence[Intervention],
    asked: Sequence[Asked],
    points: Sequence[Point],
    split: str,
    halvings: int,
    evidence: Mapping[str, object],
) -> Iterator[Record]:
    """Yield the record of each point that was looked at.

    Args:
        context: Of the search.
        grid: The points, each an intervention at one layer.
        asked: The samples that they were looked at on.
        points: What came of them.
        split: Of the samples.
        halvings: How often a batch was halved because memory ran out.
        evidence: What is said of all of them: by the first, beside the texts that were looked at.
    """
    surroundings = environment(context.model, context.questions.source, context.model.weights)
    said = {**evidence, "texts": [bare_hash(one.sample.text) for one in asked]}
    for number, (intervention, point) in enumerate(zip(grid, points, strict=True)):
        yield replace(
            _blank(context, intervention, asked, split),
            environment=surroundings,
            metrics=_numbers(point, context.questions.source.main_metric),
            counts={"halvings": halvings},
            evidence={**(said if number == 0 else {}), **_skipped(point)},
        )


def recorded_points(
    context: Context, grid: Sequence[Intervention], asked: Sequence[Asked], split: str
) -> list[Point] | None:
    """Return the points from the records of a run that is gone on with; None where any is not finished.

    Args:
        context: Of the search; has the records.
        grid: The points, each an intervention at one layer.
        asked: The samples that they are looked at on.
        split: Of those.
    """
    if not context.finished:
        return None
    wanted = blank_points(context, grid, asked, split)
    records = resuming.finished_records(context, wanted, context.questions.source)
    if records is None:
        return None
    about = context.questions.source.main_metric
    return [
        replace(
            _point(one, record.metrics, about),
            skipped=record.evidence.get("skipped", ""),
            samples=len(asked),
        )
        for one, record in zip(grid, records, strict=True)
    ]


def _blank(context: Context, point: Intervention, asked: Sequence[Asked], split: str) -> Record:
    blank = blank_beside(context, "search", point, asked)
    data = {**blank.spec["data"], "dataset": context.questions.source.name, "split": split}
    return replace(blank, spec={**blank.spec, "data": data})


def _skipped(point: Point) -> dict[str, str]:
    return {"skipped": point.skipped} if point.skipped else {}


def _numbers(point: Point, main_metric: str) -> dict[str, float | None]:
    if main_metric == ACCURACY:
        return {"accuracy_by_margin": point.by_margin, "accuracy_by_text": point.by_text}
    return {main_metric: point.score, "broken_share": point.broken, "allowed_broken_share": point.allowed}


def _point(intervention: Intervention, found: Mapping[str, float | None], main_metric: str) -> Point:
    if main_metric == ACCURACY:
        by_margin, by_text = (found.get(f"accuracy_by_{what}") for what in ("margin", "text"))
        return Point(intervention.at[0], intervention.scale, by_margin or 0.0, by_text)
    broken, allowed = (found.get(name) for name in ("broken_share", "allowed_broken_share"))
    layer, score = intervention.at[0], found.get(main_metric)
    return Point(layer, intervention.scale, score=score, broken=broken, allowed=allowed)
