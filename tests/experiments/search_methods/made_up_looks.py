"""A landscape of layer and scale that no model is asked for: what is best in it is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pytest_steering.experiments.grid_search import Point
from pytest_steering.experiments.search_methods.search_space import Place

BEST_LAYER, BEST_SCALE, BREAKS_ABOVE = 7, 1.1, 1.2


def hill(layer: int, scale: float) -> Point:
    """The score rises to a top at one layer and goes on rising with the scale, where all text is broken."""
    score = 1.0 - abs(layer - BEST_LAYER) / 12 - abs(scale - BEST_SCALE) / 2
    broken = scale > BREAKS_ABOVE
    return Point(layer, scale, score=3 * scale if broken else score, broken=float(broken), allowed=0.1)


@dataclass
class MadeUpLooks:
    """Looks at a landscape, and remembers what it was asked."""

    samples: int = 45
    at: Callable[[int, float], Point] = hill
    asked: list[tuple[list[Place], int]] = field(default_factory=list)

    def look(self, places: Sequence[Place], samples: int) -> list[Point]:
        self.asked.append((list(places), samples))
        return [self.at(*place) for place in places]
