"""What a guard allows: between which numbers an answer is still text of the usual kind."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from types import NoneType
from typing import Any, Literal, TypeAlias, get_args

from pytest_steering.errors import DataError

Beside: TypeAlias = Literal["", "difference", "ratio"]


@dataclass(frozen=True)
class Limit:
    """Between which numbers an answer is still text of the usual kind.

    Attributes:
        least: The lowest number that is allowed; None for any.
        most: The highest one; None for any.
        beside: What the two are taken of: the number itself where it is empty; its `difference` from the
            median of the unsteered answers, or its `ratio` to it.
    """

    least: float | None = None
    most: float | None = None
    beside: Beside = ""

    def __post_init__(self) -> None:
        ends: tuple[object, ...] = (self.least, self.most)
        for end in ends:
            if isinstance(end, bool) or not isinstance(end, (int, float, NoneType)) or end != end:
                raise DataError(f"a limit's end is {end!r}; expected a number, or none")
        if self.beside not in get_args(Beside):
            raise DataError(f"a limit stands beside {self.beside!r}; expected difference, ratio or nothing")
        if self.least is not None and self.most is not None and not self.least <= self.most:
            raise DataError(f"a limit allows from {self.least:g} to {self.most:g}; give the lower one first")

    def bounds(self, unsteered: Sequence[float]) -> tuple[float, float]:
        """Return the lowest and the highest number that is allowed.

        Args:
            unsteered: The numbers of the unsteered answers; without any, a limit beside them allows all.
        """
        least = -math.inf if self.least is None else self.least
        most = math.inf if self.most is None else self.most
        if not self.beside:
            return least, most
        if not unsteered:
            return -math.inf, math.inf
        usual = median(unsteered)
        if self.beside == "difference":
            return usual + least, usual + most
        lowest, highest = sorted((_times(usual, least), _times(usual, most)))
        return lowest, highest

    def as_dict(self) -> dict[str, Any]:
        """Return the form that a record holds."""
        return {"least": self.least, "most": self.most, "beside": self.beside}


def _times(usual: float, ratio: float) -> float:
    """Return a multiple of the usual number; no limit stays none beside 0."""
    return ratio if math.isinf(ratio) and not usual else usual * ratio
