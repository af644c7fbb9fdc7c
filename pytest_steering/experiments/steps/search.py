"""The step that chooses layer and scale, on a split that is not scored; one record a point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.errors import DataError
from pytest_steering.experiments import resuming
from pytest_steering.experiments.cell_spec import blank_beside
from pytest_steering.experiments.environment import environment
from pytest_steering.experiments.grid_search import Choice, Point, choice_of, search
from pytest_steering.steering.intervention import Intervention
from pytest_steering.tasks.sampling import data_hash, evenly

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.records import Record
    from pytest_steering.steering.vector import SteeringVector
    from pytest_steering.tasks.asked import Asked


def choose(
    context: Context,
    vector: SteeringVector,
    layers: Sequence[int] | None,
    scales: Sequence[float],
    split: str,
    limit: int | None,
    forced: bool,
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

    Raises:
        DataError: The split is the one that is scored, or no point was given.
    """
    context.questions.refuse_split(split, "layer and scale would be chosen")
    tried = list(layers if layers is not None else vector.layers)
    if not tried or not scales:
        raise DataError("a search needs at least one layer and one scale")
    grid = [Intervention(vector, [layer], scale, forced=forced) for layer in tried for scale in scales]
    asked = _asked(context, split, limit)
    data = data_hash(one.sample for one in asked)
    depends = (vector.sha256, split, data, tuple(tried), tuple(scales), forced)
    return context.remembered("search", depends, lambda: _searched(context, grid, asked, split))


def _searched(context: Context, grid: Sequence[Intervention], asked: Sequence[Asked], split: str) -> Choice:
    context.note_search(grid[0].vector, split, [one.sample for one in asked])
    resumed = _resumed(context, grid, asked, split)
    if resumed is not None:
        return resumed
    choice = search(
        context.model,
        context.questions.source,
        grid,
        asked,
        split=split,
        max_new_tokens=context.max_new_tokens,
    )
    for record in _records(context, grid, asked, choice):
        context.sink(record)
    return choice


def _asked(context: Context, split: str, limit: int | None) -> list[Asked]:
    """Return the labelled samples of a split that fit, at most `limit` of them, with their prompts."""
    questions = context.questions
    labelled = [one for one in questions.source.samples(split) if one.label is not None]
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


def _records(
    context: Context, grid: Sequence[Intervention], asked: Sequence[Asked], choice: Choice
) -> Iterator[Record]:
    surroundings = environment(context.model, context.questions.task, context.model.weights)
    for intervention, point in zip(grid, choice.curve, strict=True):
        yield replace(
            _blank(context, intervention, asked, choice.split),
            environment=surroundings,
            metrics={"accuracy_by_margin": point.by_margin, "accuracy_by_text": point.by_text},
            counts={"halvings": choice.halvings},
        )


def _resumed(
    context: Context, grid: Sequence[Intervention], asked: Sequence[Asked], split: str
) -> Choice | None:
    """Return the choice from records, or None where any of its points was not finished."""
    if not context.finished:
        return None
    records = resuming.finished_records(context, [_blank(context, one, asked, split) for one in grid])
    if records is None:
        return None
    points = [_point(one, record) for one, record in zip(grid, records, strict=True)]
    return choice_of(points, split, len(asked))


def _point(intervention: Intervention, record: Record) -> Point:
    by_margin, by_text = (record.metrics.get(f"accuracy_by_{what}") for what in ("margin", "text"))
    return Point(intervention.at[0], intervention.scale, by_margin or 0.0, by_text)
