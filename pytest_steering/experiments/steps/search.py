"""The step that chooses layer and scale, on a split that is not scored; one record a point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.comparison.main_effect import ACCURACY
from pytest_steering.errors import DataError
from pytest_steering.experiments import resuming
from pytest_steering.experiments.cell_spec import blank_beside
from pytest_steering.experiments.environment import environment
from pytest_steering.experiments.failed_steps import failures_recorded
from pytest_steering.experiments.grid_search import Choice, Point, choice_of, search
from pytest_steering.experiments.score_search import best_of, search_margins, search_scores, usual_way
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.sources import Sources, Texts
from pytest_steering.tasks.sampling import data_hash, evenly
from pytest_steering.texts.text_print import bare_hash

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.experiments.score_search import Toward
    from pytest_steering.records import Record
    from pytest_steering.steering.positions import PositionsLike
    from pytest_steering.steering.vector import SteeringVector
    from pytest_steering.tasks.asked import Asked
    from pytest_steering.tasks.sample import Sample


def choose(
    context: Context,
    vector: SteeringVector,
    layers: Sequence[int] | None,
    scales: Sequence[float],
    split: str,
    limit: int | None,
    forced: bool,
    toward: Toward | None = None,
    positions: PositionsLike = "last",
) -> Choice:
    """Return the best layer and scale on a split, and hand a record of every point to the sink.

    Args:
        context: Gives the model and what it is asked.
        vector: Has a direction for each of `layers`.
        layers: Blocks to try; None for all of the vector's.
        scales: Scales to try at each.
        split: Of the data set that vectors come from.
        limit: Look at this many samples; None for all.
        forced: Whether the vector may have been made for something else.
        toward: Which way the task's number is to go; its better one where nothing is said.
        positions: Which tokens are steered.

    Raises:
        DataError: The split is the one that is scored, or no point was given.
    """
    context.questions.refuse_split(split, "layer and scale would be chosen")
    tried = list(layers if layers is not None else vector.layers)
    if not tried or not scales:
        raise DataError("a search needs at least one layer and one scale")
    grid = [
        Intervention(vector, [layer], scale, positions=positions, forced=forced)
        for layer in tried
        for scale in scales
    ]
    asked = _asked(context, split, limit)
    samples = [one.sample for one in asked]
    context.note_search(split, samples)
    way = toward or usual_way(context.questions.source)
    depends = (
        vector.sha256,
        split,
        data_hash(samples),
        tuple(tried),
        tuple(scales),
        forced,
        grid[0].where,
    )
    points = _resumed(context, grid, asked, split)
    halvings = 0
    if points is None:
        # What another experiment has measured is not measured again; that this one looked, it records itself.
        with failures_recorded(context, context.questions.source, _blanks(context, grid, asked, split)):
            points, halvings = context.remembered(
                "search", depends, lambda: _tried(context, grid, asked, split)
            )
        for record in _records(context, grid, asked, points, split, halvings):
            context.sink(record)
    found = replace(_choice(context, points, way, split, len(asked)), halvings=halvings)
    return replace(found, intervention=_chosen(grid, found, samples))


def _chosen(grid: Sequence[Intervention], found: Choice, samples: Sequence[Sample]) -> Intervention:
    """Return the point that was found, of a vector that says what its layer and scale were chosen on."""
    point = next(one for one in grid if (one.at, one.scale) == ((found.layer,), found.scale))
    chosen_on = Sources(known=True, searched=Texts(frozenset(one.text for one in samples)))
    vector = replace(point.vector, sources=point.vector.sources | chosen_on)
    return replace(point, vector=vector)


def _tried(
    context: Context, grid: Sequence[Intervention], asked: Sequence[Asked], split: str
) -> tuple[list[Point], int]:
    """Return what every point of the grid does to the number that the task is about, and the halvings."""
    model, task, most = context.model, context.questions.source, context.max_new_tokens
    if task.main_metric == ACCURACY:
        found = search(model, task, grid, asked, split=split, max_new_tokens=most)
        return list(found.curve), found.halvings
    if task.scores:
        return search_scores(model, task, grid, asked, most)
    return search_margins(model, grid, asked)


def _choice(context: Context, points: Sequence[Point], toward: Toward, split: str, samples: int) -> Choice:
    if context.questions.source.main_metric == ACCURACY:
        return choice_of(points, split, samples)
    return best_of(points, toward, split, samples)


def _asked(context: Context, split: str, limit: int | None) -> list[Asked]:
    """Return the samples of a split that fit, at most `limit` of them; of accuracy, those with a label."""
    questions = context.questions
    by_label = questions.source.main_metric == ACCURACY
    labelled = [one for one in questions.source.samples(split) if not by_label or one.label is not None]
    if not labelled:
        raise DataError(f"no sample of split {split!r} has a label, so nothing says which point is best")
    fitting = context.fitting(questions.ask_source(labelled), context.max_new_tokens)
    samples = [one.sample for one in fitting]
    return questions.ask_source(samples if limit is None else evenly(samples, limit))


def _blank(context: Context, point: Intervention, asked: Sequence[Asked], split: str) -> Record:
    """Return the record of a point as it is before anything was run."""
    blank = blank_beside(context, "search", point, asked)
    data = {**blank.spec["data"], "dataset": context.questions.source.name, "split": split}
    return replace(blank, spec={**blank.spec, "data": data})


def _blanks(
    context: Context, grid: Sequence[Intervention], asked: Sequence[Asked], split: str
) -> list[Record]:
    return [_blank(context, one, asked, split) for one in grid]


def _records(
    context: Context,
    grid: Sequence[Intervention],
    asked: Sequence[Asked],
    points: Sequence[Point],
    split: str,
    halvings: int,
) -> Iterator[Record]:
    surroundings = environment(context.model, context.questions.source, context.model.weights)
    # The first point says for all of them which texts were looked at.
    looked_at = {"texts": [bare_hash(one.sample.text) for one in asked]}
    for number, (intervention, point) in enumerate(zip(grid, points, strict=True)):
        yield replace(
            _blank(context, intervention, asked, split),
            environment=surroundings,
            metrics=_numbers(point, context.questions.source.main_metric),
            counts={"halvings": halvings},
            evidence={**(looked_at if number == 0 else {}), **_skipped(point)},
        )


def _skipped(point: Point) -> dict[str, str]:
    return {"skipped": point.skipped} if point.skipped else {}


def _numbers(point: Point, main_metric: str) -> dict[str, float | None]:
    if main_metric == ACCURACY:
        return {"accuracy_by_margin": point.by_margin, "accuracy_by_text": point.by_text}
    return {main_metric: point.score, "broken_share": point.broken, "allowed_broken_share": point.allowed}


def _resumed(
    context: Context, grid: Sequence[Intervention], asked: Sequence[Asked], split: str
) -> list[Point] | None:
    """Return the points from records, or None where any of them was not finished."""
    if not context.finished:
        return None
    wanted = _blanks(context, grid, asked, split)
    records = resuming.finished_records(context, wanted, context.questions.source)
    if records is None:
        return None
    about = context.questions.source.main_metric
    return [
        replace(_point(one, record.metrics, about), skipped=record.evidence.get("skipped", ""))
        for one, record in zip(grid, records, strict=True)
    ]


def _point(intervention: Intervention, found: Mapping[str, float | None], main_metric: str) -> Point:
    if main_metric == ACCURACY:
        by_margin, by_text = (found.get(f"accuracy_by_{what}") for what in ("margin", "text"))
        return Point(intervention.at[0], intervention.scale, by_margin or 0.0, by_text)
    broken, allowed = (found.get(name) for name in ("broken_share", "allowed_broken_share"))
    layer, score = intervention.at[0], found.get(main_metric)
    return Point(layer, intervention.scale, score=score, broken=broken, allowed=allowed)
