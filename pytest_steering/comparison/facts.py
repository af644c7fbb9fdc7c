"""What every number of an arm is computed from, each part once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pytest_steering.comparison.confusion import Confusion, confusion
from pytest_steering.comparison.outcomes import Property, ran
from pytest_steering.comparison.pairing import Pairing, pair
from pytest_steering.comparison.twin_outcomes import Twins, twins
from pytest_steering.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

NOTHING: Mapping[str, float | None] = {}
UNDESCRIBED: Mapping[str, Mapping[str, Any]] = {}


class Facts:
    """The samples that an arm ran.

    Attributes:
        ran: One outcome a sample; skipped samples are left out.
        measured: Numbers that were measured elsewhere than on these samples, by name.
    """

    def __init__(
        self,
        outcomes: Iterable[Outcome],
        unsteered: Iterable[Outcome] | None = None,
        measured: Mapping[str, float | None] = NOTHING,
        scores: Mapping[str, Mapping[str, Any]] = UNDESCRIBED,
    ) -> None:
        """Take what an arm produced.

        Args:
            outcomes: One a sample.
            unsteered: Of the same samples in the unsteered arm; None where there is none.
            measured: Numbers that were measured elsewhere.
            scores: What the record says of the task's scores, by name.
        """
        self.ran = ran(outcomes)
        self.measured = measured
        self._unsteered = unsteered
        self._described = scores

    @cached_property
    def scores(self) -> Mapping[str, Mapping[str, Any]]:
        """The scores that answers have by name, each with what is said of it."""
        names = dict.fromkeys(name for one in self.ran for name in one.scores)
        return {**{name: {} for name in names}, **self._described}

    @cached_property
    def confusion(self) -> Confusion:
        """Answers by label."""
        return confusion(self.ran)

    @cached_property
    def twins(self) -> Twins:
        """The twin pairs among the samples."""
        return twins(self.ran)

    @cached_property
    def beside(self) -> Pairing | None:
        """The samples beside the unsteered arm's; None where there is no such arm."""
        return None if self._unsteered is None else pair(self._unsteered, self.ran)

    @property
    def clusters(self) -> list[str]:
        """The cluster of each sample that ran."""
        return [one.resampled_with for one in self.ran]

    def count(self, of: Property) -> int:
        """Return how many samples have a property."""
        return sum(map(of, self.ran))

    def array(self, of: Callable[[Outcome], float]) -> NDArray[np.float64]:
        """Return one number a sample that ran: [samples]."""
        import numpy as np

        return np.array([float(of(one)) for one in self.ran])

    def places(self, of: Iterable[Outcome]) -> list[int]:
        """Return where outcomes stand among the samples that ran."""
        place = {id(one): number for number, one in enumerate(self.ran)}
        return [place[id(one)] for one in of]
