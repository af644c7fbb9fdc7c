"""The step that chooses layer and scale, on a split that is not scored; one record a point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pytest_steering.comparison.main_effect import ACCURACY
from pytest_steering.errors import DataError
from pytest_steering.experiments.failed_steps import failures_recorded
from pytest_steering.experiments.grid_search import Choice, Point, choice_of, search_accuracy
from pytest_steering.experiments.score_search import best_of, search_margins, search_scores, usual_way
from pytest_steering.experiments.search_methods.every_method import GRID, search_method
from pytest_steering.experiments.search_methods.preference import Preference, Toward
from pytest_steering.experiments.search_methods.search_space import SearchSpace
from pytest_steering.experiments.steps.point_records import blank_points, point_records, recorded_points
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.sources import Sources, Texts
from pytest_steering.tasks.sample_selection import data_hash, evenly

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.experiments.search_methods.every_method import MethodName
    from pytest_steering.experiments.search_methods.search_space import Place
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
    *,
    method: MethodName = GRID,
    budget: int | None = None,
    seed: int = 0,
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
        method: Which points are looked at.
        budget: How much may be looked at, in points on all samples; None leaves it to the method.
        seed: Of what a method draws.

    Raises:
        DataError: The split is the one that is scored, no point was given, or the method cannot be used so.
    """
    context.questions.refuse_split(split, "layer and scale would be chosen")
    tried = list(layers if layers is not None else vector.layers)
    if not tried or not scales:
        raise DataError("a search needs at least one layer and one scale")
    looked_for, space = search_method(method), SearchSpace(tuple(tried), tuple(scales), budget, seed)
    asked = _asked(context, split, limit)
    samples = [one.sample for one in asked]
    context.note_search(split, samples)
    way = toward or usual_way(context.questions.source)
    said: dict[str, object] = {} if method == GRID else {"method": method, "seed": seed}
    looks = PointLooks(context, vector, asked, split, forced, positions, said)
    preference = Preference(way, context.questions.source.main_metric == ACCURACY)
    points = looked_for(space, looks, preference)
    # A number from some of the samples is no rival of one from all of them.
    whole = [point for point in points if point.samples == len(asked)]
    found = replace(
        _choice(context, whole, way, split, len(asked)), curve=tuple(points), halvings=sum(looks.halvings)
    )
    return replace(found, intervention=_chosen(looks.at((found.layer, found.scale)), samples))


@dataclass(frozen=True)
class PointLooks:
    """Looks at points for a method of searching: from the records of the run where it can, else by steering.

    Attributes:
        context: Of the search.
        vector: Is steered with.
        asked: All samples of the search.
        split: Of those.
        forced: Whether the vector may have been made for something else.
        positions: Which tokens are steered.
        said: What the first record of each look tells of the search.
        halvings: How often memory ran out, look by look.
    """

    context: Context
    vector: SteeringVector
    asked: Sequence[Asked]
    split: str
    forced: bool
    positions: PositionsLike
    said: Mapping[str, object]
    halvings: list[int] = field(default_factory=list)

    @property
    def samples(self) -> int:
        """How many samples there are to look at."""
        return len(self.asked)

    def at(self, place: Place) -> Intervention:
        """Return the intervention at a layer and a scale."""
        layer, scale = place
        return Intervention(self.vector, [layer], scale, positions=self.positions, forced=self.forced)

    def look(self, places: Sequence[Place], samples: int) -> list[Point]:
        """Return what some places do to so many samples, with a record each; none is run again.

        What another experiment has measured is not measured again; that this one looked, it records itself.
        """
        context, grid = self.context, [self.at(place) for place in places]
        asked = self._some(samples)
        known = recorded_points(context, grid, asked, self.split)
        if known is not None:
            return known
        depends = (
            self.vector.sha256,
            self.split,
            data_hash([one.sample for one in asked]),
            tuple(places),
            self.forced,
            grid[0].where,
        )
        with failures_recorded(
            context, context.questions.source, blank_points(context, grid, asked, self.split)
        ):
            points, halvings = context.remembered("search", depends, lambda: _tried(context, grid, asked))
        self.halvings.append(halvings)
        for record in point_records(context, grid, asked, points, self.split, halvings, self.said):
            context.sink(record)
        return list(points)

    def _some(self, samples: int) -> Sequence[Asked]:
        if samples == self.samples:
            return self.asked
        return self.context.questions.ask_source(evenly([one.sample for one in self.asked], samples))


def _chosen(point: Intervention, samples: Sequence[Sample]) -> Intervention:
    """Return the point that was found, of a vector that says what its layer and scale were chosen on."""
    chosen_on = Sources(known=True, searched=Texts(frozenset(one.text for one in samples)))
    vector = replace(point.vector, sources=point.vector.sources | chosen_on)
    return replace(point, vector=vector)


def _tried(context: Context, grid: Sequence[Intervention], asked: Sequence[Asked]) -> tuple[list[Point], int]:
    """Return what each point does to the number that the task is about, and the halvings."""
    model, task, most = context.model, context.questions.source, context.max_new_tokens
    if task.main_metric == ACCURACY:
        points, halvings = search_accuracy(model, task, grid, asked, most)
    elif task.scores:
        points, halvings = search_scores(model, task, grid, asked, most)
    else:
        points, halvings = search_margins(model, grid, asked)
    return [replace(point, samples=len(asked)) for point in points], halvings


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
