"""A model whose states of some prompts were read once, for the many directions that are made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pytest_steering.models.running.state_moments import Moments

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.steering.contrast import ReadsHiddenStates

POSITION = "last_prompt"


class StatesAtHand:
    """Answers an extraction method as the model does, from states of one position that are kept.

    Whatever else a method asks for it has from the model.
    """

    def __init__(self, model: ReadsHiddenStates, prompts: Sequence[str], layers: Sequence[int]) -> None:
        """Read each prompt once.

        Args:
            model: Read at the last prompt token.
            prompts: All that will be asked for.
            layers: Block numbers.
        """
        self._model = model
        self._rows = {prompt: row for row, prompt in enumerate(dict.fromkeys(prompts))}
        self._states = model.hidden_states(list(self._rows), list(layers), POSITION)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def hidden_states(
        self, prompts: Sequence[str], layers: Sequence[int] | str, position: str = POSITION
    ) -> dict[int, Tensor]:
        """Return the state leaving each block at the last token of each prompt: {layer: [n, hidden]}."""
        known = position == POSITION and not isinstance(layers, str) and set(layers) <= set(self._states)
        if not known or not self._rows.keys() >= set(prompts):
            return self._model.hidden_states(prompts, layers, position)
        rows = [self._rows[prompt] for prompt in prompts]
        return {int(layer): self._states[int(layer)][rows] for layer in layers}

    def mean_states(
        self, groups: Sequence[Sequence[str]], layers: Sequence[int] | str, position: str = POSITION
    ) -> dict[int, Tensor]:
        """Return the mean of each group's states: {layer: [groups, hidden]}."""
        moments = self.state_moments(groups, layers, position)
        return {layer: one.means.float() for layer, one in moments.items()}

    def state_moments(
        self, groups: Sequence[Sequence[str]], layers: Sequence[int] | str, position: str = POSITION
    ) -> dict[int, Moments]:
        """Return means and the covariance within groups."""
        found = self.hidden_states([prompt for group in groups for prompt in group], layers, position)
        sizes = [len(group) for group in groups]
        return {layer: _moments(states.double(), sizes) for layer, states in found.items()}


def _moments(states: Tensor, sizes: Sequence[int]) -> Moments:
    import torch

    parts = torch.split(states, list(sizes))
    means = torch.stack([part.mean(0) for part in parts])
    within = torch.cat([part - part.mean(0) for part in parts])
    return Moments(means, within.T @ within / len(states), len(states))
