"""One number by name: what it is, how it is computed, and when it does not exist."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from pytest_steering.comparison.facts import Facts
from pytest_steering.comparison.metrics.quantities import Quantity

Ends: TypeAlias = tuple[float, float]
"""The least and the largest value that a number can have."""

Better: TypeAlias = Literal["higher", "lower", "neither"]


class Gap(NamedTuple):
    """One reason for a number not to exist.

    Attributes:
        why: As a sentence without its end.
        applies: Whether it is so here.
    """

    why: str
    applies: Callable[[Facts], bool]


@dataclass(frozen=True)
class Metric:
    """One number of an arm.

    Attributes:
        name: Key in records, expectations and docs.
        title: As a table shows it.
        meaning: What it is, for the docs.
        quantity: Computes it, alone and as a function of sample weights.
        over: Which samples it is over, for the docs.
        gaps: Why it may not exist, in the order in which they are asked.
        better: Which way is better; `neither` where that depends.
        unit: Such as `share` or `nats`.
        bounds: Its least and largest value; None where there is none.
        source: Where it is defined, for the docs.
        older_names: By which it is found too, and stands in records.
    """

    name: str
    title: str
    meaning: str
    quantity: Quantity
    over: str = "samples"
    gaps: tuple[Gap, ...] = ()
    better: Better = "neither"
    unit: str = "share"
    bounds: tuple[float | None, float | None] = (0.0, 1.0)
    source: str = ""
    older_names: tuple[str, ...] = ()

    @property
    def ends(self) -> Ends | None:
        """Its least and largest value, where it has both."""
        low, high = self.bounds
        return None if low is None or high is None else (low, high)

    def value(self, facts: Facts) -> float | None:
        """Return the number; None where it does not exist."""
        if any(gap.applies(facts) for gap in self.gaps):
            return None
        found = self.quantity.value(facts)
        return None if found is None or found != found else found

    def why_undefined(self, facts: Facts) -> str:
        """Return why the number does not exist."""
        said = (gap.why for gap in self.gaps if gap.applies(facts))
        return next(said, "it is not defined on these samples")
