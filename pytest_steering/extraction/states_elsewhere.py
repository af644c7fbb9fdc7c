"""A model whose last tokens are others: what a method asks of them is read where it was said instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pytest_steering.extraction.reading_places import LAST
from pytest_steering.models.asking.reading_place import Place

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.running.state_moments import Moments


class StatesElsewhere:
    """Answers an extraction method as the model does, with the states of another place for the last token's.

    So every method reads at every place, a user's own too.
    """

    def __init__(self, model: Any, place: Place) -> None:
        """Bind a model to a place.

        Args:
            model: A `SteerableModel`.
            place: Where its states are read.
        """
        self._model, self._place = model, place

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def hidden_states(
        self, prompts: Sequence[str], layers: Sequence[int] | str = "last3", position: Place = LAST
    ) -> dict[int, Tensor]:
        """Return a state of each prompt at each layer: {layer: [n, hidden]}."""
        found: dict[int, Tensor] = self._model.hidden_states(prompts, layers, self._there(position))
        return found

    def head_states(
        self, prompts: Sequence[str], layers: Sequence[int] | str = "last3", position: Place = LAST
    ) -> dict[int, Tensor]:
        """Return what each head holds at each layer: {layer: [n, heads, size]}."""
        found: dict[int, Tensor] = self._model.head_states(prompts, layers, self._there(position))
        return found

    def mean_states(
        self, groups: Sequence[Sequence[str]], layers: Sequence[int] | str = "last3", position: Place = LAST
    ) -> dict[int, Tensor]:
        """Return the mean of each group's states: {layer: [groups, hidden]}."""
        found: dict[int, Tensor] = self._model.mean_states(groups, layers, self._there(position))
        return found

    def state_moments(
        self, groups: Sequence[Sequence[str]], layers: Sequence[int] | str = "last3", position: Place = LAST
    ) -> dict[int, Moments]:
        """Return means and the covariance within groups."""
        found: dict[int, Moments] = self._model.state_moments(groups, layers, self._there(position))
        return found

    def _there(self, position: Place) -> Place:
        return self._place if position == LAST else position


def read_at(model: Any, place: Place) -> Any:
    """Return the model, or as a method shall see it."""
    return model if place == LAST else StatesElsewhere(model, place)
