"""What a guard allows: between which numbers an answer is still text of the usual kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal, TypeAlias

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

    def bounds(self, unsteered: Sequence[float]) -> tuple[float, float]:
        """Return the lowest and the highest number that is allowed.

        Args:
            unsteered: The numbers of the unsteered answers; without any, a limit beside them allows all.
        """
        least, most = (
            -float("inf") if self.least is None else self.least,
            float("inf") if self.most is None else self.most,
        )
        if not self.beside:
            return least, most
        if not unsteered:
            return -float("inf"), float("inf")
        usual = median(unsteered)
        if self.beside == "difference":
            return usual + least, usual + most
        return usual * least, usual * most

    def as_dict(self) -> dict[str, Any]:
        """Return the form that a record holds."""
        return {"least": self.least, "most": self.most, "beside": self.beside}
