"""The methods of searching by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypeAlias

from pytest_steering.errors import DataError, did_you_mean
from pytest_steering.experiments.search_methods.full_grid import full_grid
from pytest_steering.experiments.search_methods.successive_halving import successive_halving
from pytest_steering.experiments.search_methods.tree_parzen import tree_parzen

if TYPE_CHECKING:
    from pytest_steering.experiments.grid_search import Point
    from pytest_steering.experiments.search_methods.preference import Preference
    from pytest_steering.experiments.search_methods.search_space import Looks, SearchSpace

SearchMethod: TypeAlias = "Callable[[SearchSpace, Looks, Preference], list[Point]]"
MethodName: TypeAlias = Literal["grid", "tpe", "halving"]

GRID: MethodName = "grid"
SEARCH_METHODS: dict[str, SearchMethod] = {
    GRID: full_grid,
    "tpe": tree_parzen,
    "halving": successive_halving,
}


def search_method(name: str) -> SearchMethod:
    """Return a method of searching.

    Raises:
        DataError: None has that name.
    """
    if name not in SEARCH_METHODS:
        near = did_you_mean(str(name), SEARCH_METHODS)
        raise DataError(
            f"there is no way to search named {name!r}; {near}there are {', '.join(SEARCH_METHODS)}"
        )
    return SEARCH_METHODS[name]
