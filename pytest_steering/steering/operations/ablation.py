"""What lies along a direction is taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.steering.operations.along import projection
from pytest_steering.steering.operations.operation_registry import operation

if TYPE_CHECKING:
    from torch import Tensor


@operation(divides_scale=False, strongest=1.0)
def ablate(states: Tensor, direction: Tensor, strength: float) -> Tensor:
    """Take away that share of each state's part along the direction; 1 leaves none of it.

    Source: Arditi et al. 2024, arXiv:2406.11717.
    """
    return states - strength * projection(states, direction)


@operation(divides_scale=False)
def multiply(states: Tensor, direction: Tensor, strength: float, *, by: float) -> Tensor:
    """Multiply each state's part along the direction by a number; 0 is an ablation, −1 a reflection.

    A strength of 0.5 goes half of the way there. Source: feature scaling in Templeton et al. 2024, Scaling
    Monosemanticity.
    """
    return states + strength * (by - 1) * projection(states, direction)
