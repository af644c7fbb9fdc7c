"""Means and covariance of the states of two sides, of a model that takes them as the states pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from pytest_steering.errors import VectorError

if TYPE_CHECKING:
    from pytest_steering.models.running.state_moments import Moments


@runtime_checkable
class ReadsMoments(Protocol):
    """A model that takes means and covariances of states; `SteerableModel` is one."""

    def state_moments(
        self, groups: Sequence[Sequence[str]], layers: Sequence[int] | str, position: str
    ) -> dict[int, Moments]:
        """Return the moments of the groups' states at one token of each prompt."""
        ...


def moments_of_sides(
    method: str, model: object, sides: tuple[Sequence[str], Sequence[str]], layers: Sequence[int] | str
) -> dict[int, Moments]:
    """Return the moments of two sides' states at each layer, read at the last prompt token.

    Args:
        method: Which asks for them.
        model: Is read.
        sides: Of the positive and the negative prompts.
        layers: Block numbers, `last3` or `all`.

    Raises:
        VectorError: The model takes no covariances.
    """
    if not isinstance(model, ReadsMoments):
        raise VectorError(
            f"method {method!r} needs covariances of states, which {type(model).__name__} does not take; "
            "use a SteerableModel, or method 'mean_difference'"
        )
    return model.state_moments(sides, layers, "last_prompt")
