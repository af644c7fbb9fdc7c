"""Are the states that vectors are made from those that leave the blocks?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pytest_steering.experiments.observation.block_watch import settle, watched

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.steerable import SteerableModel


def read_distance(
    model: SteerableModel, layers: Sequence[int], prompts: Sequence[str]
) -> Mapping[str, float]:
    """Return how far the states that vectors are made from lie from what leaves the blocks, by layer.

    Args:
        model: The model.
        layers: Block numbers.
        prompts: Read one at a time, so that there are no pads.
    """
    settle(model, layers, prompts)
    far = dict.fromkeys(layers, 0.0)
    for prompt in prompts:
        keeper = _Keeper()
        with watched(model, keeper):
            states = model.hidden_states([prompt], layers, "last_prompt")
        for layer in layers:
            far[layer] = max(far[layer], keeper.distance(layer, states[layer][0]))
    return {str(layer): distance for layer, distance in far.items()}


class _Keeper:
    """Keeps the last token's state of each block."""

    def __init__(self) -> None:
        self._last: dict[int, Tensor] = {}

    def begin(self, _input_ids: Tensor, _mask: Tensor | None) -> None:
        self._last.clear()

    def computed(self, layer: int, state: Tensor) -> None:
        from pytest_steering.models.finding.residual import merged

        self._last[layer] = merged(state)[0, -1].float().cpu()

    def handed_on(self, _layer: int, _state: Tensor) -> None:
        return

    def distance(self, layer: int, read: Tensor) -> float:
        """Return the largest difference of a read state from the kept one; infinite where none was kept."""
        if layer not in self._last:
            return float("inf")
        return float((self._last[layer] - read).abs().max())
