"""What a method of searching is given: where it may look, and who looks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Protocol, TypeAlias

from pytest_steering.errors import DataError
from pytest_steering.experiments.grid_search import Point

Place: TypeAlias = tuple[int, float]
"""A layer and a scale."""


@dataclass(frozen=True)
class SearchSpace:
    """Where a search may look, and how much.

    Attributes:
        layers: Block numbers.
        scales: Those of a grid; the smallest and the largest bound a continuous one.
        budget: How much may be looked at, in points on all samples; None leaves it to the method.
        seed: Of what is drawn.
    """

    layers: tuple[int, ...]
    scales: tuple[float, ...]
    budget: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        for name, least in (("budget", 1), ("seed", 0)):
            given = getattr(self, name)
            if given is not None and (not isinstance(given, int) or given < least):
                raise DataError(f"{name}={given!r} is no whole number of at least {least}")

    @property
    def grid(self) -> list[Place]:
        """Every layer at every scale, each once."""
        return list(dict.fromkeys(product(self.layers, self.scales)))


class Looks(Protocol):
    """Steers the model at some places and says what came of it."""

    @property
    def samples(self) -> int:
        """How many samples there are to look at."""
        ...

    def look(self, places: Sequence[Place], samples: int) -> list[Point]:
        """Return what the places do to some of the samples, all of them as arms of one sweep.

        Args:
            places: Layers and scales.
            samples: How many samples, taken at even steps.
        """
        ...
