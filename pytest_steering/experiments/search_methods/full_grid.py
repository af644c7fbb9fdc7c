"""Every layer at every scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.errors import DataError

if TYPE_CHECKING:
    from pytest_steering.experiments.grid_search import Point
    from pytest_steering.experiments.search_methods.preference import Preference
    from pytest_steering.experiments.search_methods.search_space import Looks, SearchSpace


def full_grid(space: SearchSpace, looks: Looks, _preference: Preference) -> list[Point]:
    """Return every point of the grid, looked at in one sweep.

    Args:
        space: Its layers and scales.
        looks: Steers and scores.

    Raises:
        DataError: A budget is given, which a grid cannot keep to.
    """
    if space.budget is not None:
        raise DataError(
            f"a grid looks at each of its {len(space.grid)} points: leave budget={space.budget} out, or say "
            'method="tpe" or "halving"'
        )
    return looks.look(space.grid, looks.samples)
