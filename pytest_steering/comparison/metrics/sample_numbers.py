"""The number of one sample behind a mean or a share, or a score that the task gave it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

from pytest_steering.comparison.metrics.quantities import Mean, Share
from pytest_steering.comparison.metrics.registry import find
from pytest_steering.comparison.outcomes import score
from pytest_steering.errors import DataError
from pytest_steering.records import Outcome

NumberOf: TypeAlias = Callable[[Outcome], "float | None"]


def number_of(name: str) -> NumberOf:
    """Return what gives the number of one sample; None where it has none, or one that is not finite.

    Args:
        name: Of a metric that is a mean over samples, such as `margin`, or a share of them, in which each
            counts 1 or 0; any other name is a score of the task's.

    Raises:
        DataError: A metric of that name is neither: it is a number of all samples together.
    """
    known = find(name)
    if known is None:
        return _finite(score(name))
    if isinstance(known.quantity, Mean):
        return _finite(known.quantity.of)
    if isinstance(known.quantity, Share):
        return _counted(known.quantity)
    raise DataError(f"{name!r} is a number of all samples together; no single sample has one")


def _counted(share: Share) -> NumberOf:
    return lambda outcome: float(share.part(outcome)) if share.among(outcome) else None


def _finite(of: NumberOf) -> NumberOf:
    def number(outcome: Outcome) -> float | None:
        found = of(outcome)
        return found if found is not None and math.isfinite(found) else None

    return number
