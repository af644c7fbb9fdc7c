"""The mean difference of contrastive activations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_steering.extraction.methods.method_registry import extraction_method
from pytest_steering.steering.contrast import ReadsHiddenStates, mean_differences

if TYPE_CHECKING:
    from torch import Tensor


@extraction_method
def mean_difference(
    model: ReadsHiddenStates, positive: Sequence[str], negative: Sequence[str], layers: Sequence[int] | str
) -> dict[int, Tensor]:
    """Return mean(positive) − mean(negative) at each layer (Marks & Tegmark 2023, Rimsky et al. 2023).

    Args:
        model: Read at the last prompt token.
        positive: Prompts that show the wanted behaviour.
        negative: Prompts that do not, in equal number.
        layers: Block numbers, `last3` or `all`.

    Returns:
        Layer to a float32 tensor: {layer: [hidden]}.
    """
    return mean_differences(model, positive, negative, layers, "last_prompt")
