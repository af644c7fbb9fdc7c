"""Few samples for all points of a grid, more for those that do best on them.

Successive halving (Jamieson & Talwalkar 2016, AISTATS; the thirds are those of Hyperband, Li et al. 2018,
JMLR 18:185): each round asks three times as many samples of a third of the points, which costs as much as the
round before. Only points that were asked all samples can be chosen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.errors import DataError

if TYPE_CHECKING:
    from pytest_steering.experiments.grid_search import Point
    from pytest_steering.experiments.search_methods.preference import Preference
    from pytest_steering.experiments.search_methods.search_space import Looks, SearchSpace

FACTOR = 3

LEAST_SAMPLES = 4
"""Of the first round: of fewer answers hardly any number says which third is best."""

Round = tuple[int, int]
"""How many points, and how many samples each."""


def successive_halving(space: SearchSpace, looks: Looks, preference: Preference) -> list[Point]:
    """Return every point of the grid as it was last looked at.

    Args:
        space: Its layers and scales.
        looks: Steers and scores.
        preference: Says which points go on.

    Raises:
        DataError: The budget is too small for so many points.
    """
    found: dict[tuple[int, float], Point] = {}
    best = space.grid
    for points, samples in schedule(len(best), looks.samples, space.budget):
        looked = dict(zip(best[:points], looks.look(best[:points], samples), strict=True))
        found |= looked
        best = sorted(looked, key=lambda place: preference.rank(looked[place]), reverse=True)
    return list(found.values())


def schedule(points: int, samples: int, budget: int | None = None) -> list[Round]:
    """Return the rounds, the last of which asks every sample.

    Args:
        points: Of the grid.
        samples: Of the split.
        budget: At most so much, counted in points that are asked all samples. The fewest rounds that keep to
            it are taken; without one the most, which cost least.

    Raises:
        DataError: No rounds keep to the budget.
    """
    plans = [_rounds(points, samples, count) for count in range(1, _most_rounds(points, samples) + 1)]
    if budget is None:
        return plans[-1]
    for plan in plans:
        if _cost(plan) <= budget * samples:
            return plan
    least = -(-_cost(plans[-1]) // samples)
    raise DataError(
        f"a budget of {budget} is too small to halve {points} points on {samples} samples, which costs as "
        f"much as {least} points on all of them; say budget={least}, fewer layers or fewer scales"
    )


def _rounds(points: int, samples: int, count: int) -> list[Round]:
    shares = [FACTOR**number for number in range(count)]
    return [
        (-(-points // share), -(-samples // last))
        for share, last in zip(shares, reversed(shares), strict=True)
    ]


def _most_rounds(points: int, samples: int) -> int:
    count = 1
    while FACTOR**count <= points and -(-samples // FACTOR**count) >= LEAST_SAMPLES:
        count += 1
    return count


def _cost(plan: list[Round]) -> int:
    """Return how many answers the rounds take."""
    return sum(points * samples for points, samples in plan)
