"""The shapes of arrays that the statistics take, and the checks made on them at the door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pytest_steering.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from typing import TypeAlias

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Integers: TypeAlias = NDArray[np.int64]
    Flags: TypeAlias = NDArray[np.bool_]

Alternative = Literal["two-sided", "greater", "less"]


class Interval(NamedTuple):
    """A confidence interval; both ends in the units of the estimate."""

    low: float
    high: float


def require(condition: bool, message: str) -> None:
    """Raise a DataError with this sentence unless the condition holds."""
    if not condition:
        raise DataError(message)


def vector(values: ArrayLike, name: str) -> Floats:
    """Check that the values are one-dimensional, not empty and finite, and return them as floats."""
    import numpy as np

    array = np.asarray(values, dtype=np.float64)
    require(array.ndim == 1, f"{name} has shape {array.shape}; expected one value a sample")
    require(array.size > 0, f"{name} is empty; expected at least one sample")
    lost = int(np.sum(~np.isfinite(array)))
    require(
        lost == 0, f"{name} holds {lost} values that are not finite; leave those samples out and count them"
    )
    return array


def same_length(*arrays: NDArray[Any]) -> int:
    """Check that the arrays describe the same samples and return how many there are."""
    lengths = sorted({len(array) for array in arrays})
    require(
        len(lengths) == 1,
        f"Paired arrays have lengths {lengths}; expected the same samples in the same order",
    )
    return lengths[0]


def codes(labels: Sequence[Hashable] | None, samples: int, name: str) -> Integers:
    """Number the groups that samples belong to.

    Args:
        labels: one hashable label a sample (a pair id, a topic); None puts each sample in a group of its own.
        samples: how many labels are expected.
        name: what the labels are, for the error.

    Returns:
        Group numbers from 0, in the order in which the groups first appear. [samples]

    Raises:
        DataError: if there is not one label a sample.
    """
    import numpy as np

    if labels is None:
        return np.arange(samples, dtype=np.int64)
    require(len(labels) == samples, f"{len(labels)} {name} for {samples} samples; expected one a sample")
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(label, len(numbers)) for label in labels], dtype=np.int64)
