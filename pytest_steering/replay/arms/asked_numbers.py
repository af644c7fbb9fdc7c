"""Which numbers are asked of recorded answers, and what records say of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pytest_steering.comparison.metrics import require_free
from pytest_steering.errors import DataError
from pytest_steering.records import Outcome
from pytest_steering.tasks.scores import Score

GOLD = "gold"
"""The score that a label from elsewhere becomes."""

SHARE = (0.0, 1.0)
MATCHING, MARGIN = "matching_rate", "margin"


@dataclass(frozen=True)
class AskedNumbers:
    """The numbers that are asked of each answer.

    Attributes:
        scores: What the answers are about; a label is compared with the first.
        guards: Scores that say whether an answer is still text.
        labels: The fields that labels come from, in words; empty without any.
        choices: Whether an answer is the choice of an option.
    """

    scores: Sequence[Score] = ()
    guards: Sequence[Score] = ()
    labels: str = ""
    choices: bool = False

    def __post_init__(self) -> None:
        names = [one.name for one in self.all_scores]
        if len({*names, GOLD}) <= len(names):
            raise DataError(
                f"each score is asked for once, and none is called {GOLD!r}; found {', '.join(names)}"
            )
        if self.labels and not self.scores:
            raise DataError("labels are compared with a score, and none is asked for (--score NAME)")
        if self.labels and self.scores[0].bounds != SHARE:
            raise DataError(
                f"labels are 1 or 0 and are compared with the first score, and {self.scores[0].name!r} has "
                "another range; put a score from 0 to 1 first"
            )
        if not (self.scores or self.choices):
            raise DataError(
                "no number is asked of the answers; name a score (--score NAME), or say that they are "
                "choices (--choices)"
            )
        require_free(names)

    @property
    def all_scores(self) -> tuple[Score, ...]:
        """The scores, and the guards that are none of them."""
        named = [one.name for one in self.scores]
        return (*self.scores, *(one for one in self.guards if one.name not in named))

    @property
    def names(self) -> tuple[str, ...]:
        """What is told of each arm, the most important first."""
        gold = (GOLD,) if self.labels else ()
        return (*(one.name for one in self.scores), *gold, *((MATCHING, MARGIN) if self.choices else ()))

    def compared(self, name: str) -> bool:
        """Tell whether a number is the score that labels are compared with."""
        return bool(self.labels) and name == self.names[0]

    def evidence(self, outcomes: Iterable[Outcome]) -> dict[str, Any]:
        """Return what a record says of the numbers.

        Args:
            outcomes: Of all arms; a guard that none of them has a number of guards nothing.
        """
        known = {name for one in outcomes for name, value in one.scores.items() if value is not None}
        return {
            "scores": {**{one.name: one.as_dict() for one in self.all_scores}, **self._gold()},
            "guards": [one.name for one in self.guards if one.name in known],
            "main_metric": self.names[0],
        }

    def _gold(self) -> dict[str, Any]:
        if not self.labels:
            return {}
        meaning = f"label of the answer in the field {self.labels}"
        return {
            GOLD: {
                "better": "neither",
                "bounds": [*SHARE],
                "unit": "share",
                "meaning": meaning,
                "limit": None,
            }
        }
