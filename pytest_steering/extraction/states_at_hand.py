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

    def __init__(self, model: ReadsHiddenStates, prompts: Sequence[str], layers: Sequence[int] | str) -> None:
        """Read each prompt once.

        Args:
            model: Read at the last prompt token.
            prompts: All that will be asked for.
            layers: Block numbers, `last3` or `all`.
        """
        self._model, self._layers = model, layers
        self._rows = {prompt: row for row, prompt in enumerate(dict.fromkeys(prompts))}
        self._states = model.hidden_states(list(self._rows), layers, POSITION)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def hidden_states(
        self, prompts: Sequence[str], layers: Sequence[int] | str, position: str = POSITION
    ) -> dict[int, Tensor]:
        """Return the state leaving each block at the last token of each prompt: {layer: [n, hidden]}."""
        wanted = list(self._states) if layers == self._layers else layers
        known = position == POSITION and not isinstance(wanted, str) and set(wanted) <= set(self._states)
        if not known or not self._rows.keys() >= set(prompts):
            return self._model.hidden_states(prompts, layers, position)
        rows = [self._rows[prompt] for prompt in prompts]
        return {int(layer): self._states[int(layer)][rows] for layer in wanted}

    def mean_states(
        self, groups: Sequence[Sequence[str]], layers: Sequence[int] | str, position: str = POSITION
    ) -> dict[int, Tensor]:
        """Return the mean of each group's states: {layer: [groups, hidden]}."""
        found = self._in_groups(groups, layers, position)
        return {layer: _means(parts).float() for layer, parts in found.items()}

    def state_moments(
        self, groups: Sequence[Sequence[str]], layers: Sequence[int] | str, position: str = POSITION
    ) -> dict[int, Moments]:
        """Return means and the covariance within groups."""
        found = self._in_groups(groups, layers, position)
        return {layer: _moments(parts) for layer, parts in found.items()}

    def _in_groups(
        self, groups: Sequence[Sequence[str]], layers: Sequence[int] | str, position: str
    ) -> dict[int, list[Tensor]]:
        """Return the states of each group, in double precision."""
        import torch

        found = self.hidden_states([prompt for group in groups for prompt in group], layers, position)
        sizes = [len(group) for group in groups]
        return {layer: list(torch.split(states.double(), sizes)) for layer, states in found.items()}


def _means(parts: Sequence[Tensor]) -> Tensor:
    import torch

    return torch.stack([part.mean(0) for part in parts])


def _moments(parts: Sequence[Tensor]) -> Moments:
    import torch

    within = torch.cat([part - part.mean(0) for part in parts])
    return Moments(_means(parts), within.T @ within / len(within), len(within))
