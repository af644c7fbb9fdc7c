"""Directions of any method are as long as the mean difference, so that one scale means one thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def as_long_as(direction: Tensor, difference: Tensor) -> Tensor:
    """Return a direction with the length of another, in float32; one of no length stays as it is.

    Args:
        direction: Of shape [hidden].
        difference: The mean difference: [hidden].
    """
    import torch

    length = direction.norm().clamp(min=torch.finfo(direction.dtype).tiny)
    scaled: Tensor = (direction * (difference.norm() / length)).float()
    return scaled
